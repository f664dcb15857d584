-- Resumes channel $2 of town $1: what waits for a try is tried at once. Gives whether it was paused, and how many wait.
WITH resumed AS (
	DELETE FROM channel_pause WHERE town = $1 AND channel = $2
	RETURNING 1
), woken AS (
	UPDATE delivery SET next_try_at = server_now()
	WHERE town = $1 AND channel = $2 AND head_seq IS NULL AND state IN ('waiting', 'failed') AND next_try_at > server_now()
		AND EXISTS (SELECT FROM resumed)
	RETURNING 1
)
SELECT EXISTS (SELECT FROM resumed),
	(SELECT count(*) FROM delivery WHERE town = $1 AND channel = $2 AND head_seq IS NULL AND state IN ('waiting', 'failed')),
	(SELECT count(*) FROM woken), (SELECT count(pg_notify('gridd', 'outbox')) FROM (SELECT 1) x)
