-- What came of a try of notice $1 $2 $3 and of those that went along with it: delivered ($4), or why not ($5) and after how many
-- seconds to try again ($6; NULL: never). It took $7 milliseconds. $8: the channel is paused, because nothing gets through by it.
WITH told AS (
	UPDATE delivery
	SET state = CASE WHEN $4 THEN 'delivered' WHEN $6::integer IS NULL THEN 'dead' ELSE 'failed' END,
		delivered_at = CASE WHEN $4 THEN server_now() END,
		failure = CASE WHEN NOT $4 THEN $5 END,
		next_try_at = CASE WHEN NOT $4 THEN server_now() + make_interval(secs => $6::integer) END,
		tries = (SELECT h.tries FROM delivery h WHERE h.town = $1 AND h.seq = $2 AND h.n = $3),
		leased_until = NULL, leased_by = NULL
	WHERE town = $1 AND state IN ('waiting', 'failed')
		AND ((seq = $2 AND n = $3) OR (head_seq = $2 AND head_n = $3 AND head_seq IS NOT NULL))
	RETURNING town, seq, n, channel
), tried AS (
	INSERT INTO delivery_try (town, seq, n, try, tried_at, took_ms, ok, failure)
	SELECT t.town, t.seq, t.n,
		coalesce((SELECT max(o.try) FROM delivery_try o WHERE o.town = t.town AND o.seq = t.seq AND o.n = t.n), 0) + 1,
		server_now() - make_interval(secs => $7::integer / 1000.0), $7, $4, CASE WHEN NOT $4 THEN $5 END
	FROM told t
	ON CONFLICT DO NOTHING
	RETURNING 1
), paused AS (
	INSERT INTO channel_pause (town, channel, paused_at, actor)
	SELECT DISTINCT town, channel, server_now(), 'gridd' FROM told WHERE $8
	ON CONFLICT DO NOTHING
	RETURNING 1
)
SELECT (SELECT count(*) FROM told), (SELECT count(*) FROM tried), (SELECT count(*) FROM paused)
