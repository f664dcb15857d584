-- Notices that were given up ('dead') or failed are tried anew at once: $2 $3 of town $1, or all by channel $4; in state $5 (NULL:
-- either). One that went along with another goes alone now, unless that one is tried anew with it.
WITH again AS (
	UPDATE delivery d
	SET state = 'waiting', tries = 0, next_try_at = server_now(), failure = NULL, leased_until = NULL, leased_by = NULL,
		head_seq = CASE WHEN d.seq = $2 AND d.n = $3 THEN NULL ELSE d.head_seq END,
		head_n = CASE WHEN d.seq = $2 AND d.n = $3 THEN NULL ELSE d.head_n END
	WHERE d.town = $1 AND d.state IN ('dead', 'failed') AND d.state = coalesce($5, d.state) AND d.channel IS NOT NULL
		AND (d.leased_until IS NULL OR d.leased_until <= server_now())
		AND CASE WHEN $4::text IS NULL THEN (d.seq = $2 AND d.n = $3) OR (d.head_seq = $2 AND d.head_n = $3)
			ELSE d.channel = $4 END
	RETURNING 1
)
SELECT count(*), (SELECT count(pg_notify('gridd', 'outbox')) FROM (SELECT 1) x) FROM again
