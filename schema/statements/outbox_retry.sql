-- Notices that were given up ('dead') or failed are tried anew at once: $2 $3 of town $1, or all by channel $4; in state $5 (NULL:
-- either). With it go those that went along with it; one of these that is asked for by itself goes alone from now on.
WITH which AS (
	SELECT seq, n FROM delivery WHERE town = $1 AND seq = $2 AND n = $3 AND $4::text IS NULL
	UNION
	SELECT seq, n FROM delivery
	WHERE town = $1 AND head_seq = $2 AND head_n = $3 AND head_seq IS NOT NULL AND state IN ('waiting', 'failed', 'dead')
	UNION
	SELECT seq, n FROM delivery WHERE town = $1 AND channel = $4 AND state = 'dead'
	UNION
	SELECT seq, n FROM delivery WHERE town = $1 AND channel = $4 AND state IN ('waiting', 'failed') AND head_seq IS NULL
	UNION
	SELECT seq, n FROM delivery
	WHERE town = $1 AND channel = $4 AND head_seq IS NOT NULL AND state IN ('waiting', 'failed', 'dead')
), again AS (
	UPDATE delivery d
	SET state = 'waiting', tries = 0, next_try_at = server_now(), failure = NULL, leased_until = NULL, leased_by = NULL,
		head_seq = CASE WHEN d.seq = $2 AND d.n = $3 THEN NULL ELSE d.head_seq END,
		head_n = CASE WHEN d.seq = $2 AND d.n = $3 THEN NULL ELSE d.head_n END
	FROM which w
	WHERE d.town = $1 AND d.seq = w.seq AND d.n = w.n AND d.state IN ('dead', 'failed') AND d.state = coalesce($5, d.state)
		AND (d.leased_until IS NULL OR d.leased_until <= server_now())
	RETURNING 1
)
SELECT count(*), (SELECT count(pg_notify('gridd', 'outbox')) FROM (SELECT 1) x) FROM again
