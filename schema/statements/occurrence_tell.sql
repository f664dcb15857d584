-- Tells of occurrence $2 of town $1 at $3 (case time): a notice for each of the units $4, by its contact: role $5, channel $6 (NULL:
-- nobody), to $7. Numbers go on from those that are there; writing the occurrence's row keeps two from doing so at once.
WITH held AS (
	UPDATE occurrence SET state = state WHERE town = $1 AND id = $2 AND state = 'planned' RETURNING id, job
),
office AS (
	SELECT -h.id AS seq, h.job, u.unit, u.role, u.channel, u.receiver,
		(u.ord + coalesce((SELECT max(n) FROM notice WHERE town = $1 AND seq = -h.id), 0))::integer AS n
	FROM held h
	CROSS JOIN unnest($4::text[], $5::text[], $6::text[], $7::text[]) WITH ORDINALITY AS u (unit, role, channel, receiver, ord)
),
told AS (
	INSERT INTO notice (town, seq, n, unit, kind, made_at, agg)
	SELECT $1, seq, n, unit, job, $3,
		json_strip_nulls(json_build_object('v', 1, 'kind', job, 'unit', unit, 'role', role, 'channel', channel, 'to', receiver))::text
	FROM office
	RETURNING 1
),
queued AS (
	INSERT INTO delivery (town, seq, n, channel, receiver, kind, state, queued_at, next_try_at)
	SELECT $1, seq, n, channel, receiver, job, CASE WHEN channel IS NULL THEN 'nobody' ELSE 'waiting' END,
		server_now(), CASE WHEN channel IS NOT NULL THEN server_now() END
	FROM office
	RETURNING 1
)
SELECT n FROM office, (SELECT count(*) FROM told) a, (SELECT count(*) FROM queued) b ORDER BY n
