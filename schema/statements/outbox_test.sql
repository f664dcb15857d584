-- Writes a notice that tries channel $2 of town $1, to $3, at case time $4. Gives its seq (its n is 1), or none where the channel is
-- paused.
WITH numbered AS (
	SELECT -nextval('occurrence_id_seq') AS seq
	WHERE NOT EXISTS (SELECT FROM channel_pause WHERE town = $1 AND channel = $2)
), told AS (
	INSERT INTO notice (town, seq, n, case_id, unit, kind, made_at, agg)
	SELECT $1, seq, 1, NULL, '', 'test', $4, json_build_object('channel', $2::text, 'to', $3::text)::text FROM numbered
	RETURNING 1
), queued AS (
	INSERT INTO delivery (town, seq, n, channel, receiver, kind, urgent, state, queued_at, next_try_at)
	SELECT $1, seq, 1, $2, coalesce($3, ''), 'test', true, 'waiting', server_now(), server_now() FROM numbered
	RETURNING 1
)
SELECT seq, (SELECT count(pg_notify('gridd', 'outbox')) FROM (SELECT 1) x)
FROM numbered WHERE (SELECT count(*) FROM told) + (SELECT count(*) FROM queued) > 0
