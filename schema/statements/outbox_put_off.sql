-- Notice $1 $2 $3 waits until $4, and with it all ordinary ones of its unit to its receiver that have never been tried: they go out
-- together then. It was leased for a try, which doesn't count.
WITH head AS MATERIALIZED (
	SELECT d.*, o.unit FROM delivery d JOIN notice o ON o.town = d.town AND o.seq = d.seq AND o.n = d.n
	WHERE d.town = $1 AND d.seq = $2 AND d.n = $3
), fellow AS MATERIALIZED (
	SELECT d.town, d.seq, d.n
	FROM head h CROSS JOIN LATERAL (
		SELECT town, seq, n, tries FROM delivery
		WHERE state IN ('waiting', 'failed') AND head_seq IS NULL
			AND town = h.town AND channel = h.channel AND receiver = h.receiver AND NOT urgent AND next_try_at <= server_now()
		ORDER BY next_try_at LIMIT 2000
	) d
	WHERE d.tries = 0 AND d.seq > 0
		AND (SELECT o.unit FROM notice o WHERE o.town = d.town AND o.seq = d.seq AND o.n = d.n) = h.unit
	UNION
	SELECT town, seq, n FROM head
)
UPDATE delivery d
SET next_try_at = $4, tries = 0, leased_until = NULL, leased_by = NULL
FROM fellow f
WHERE d.town = f.town AND d.seq = f.seq AND d.n = f.n AND d.state IN ('waiting', 'failed')
