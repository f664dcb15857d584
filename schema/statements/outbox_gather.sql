-- What goes out with the leased notice $1 $2 $3: itself first, then those that go along with it. A notice that is tried for the
-- first time gathers them: those of its kind to its receiver that have never been tried, if more than $4 of them were queued within
-- $5 seconds; with $7 all ordinary ones, of whatever kind. At most $6 together. Who goes along does so for ever, so that what is
-- sent again is what was sent. Columns as in outbox_list.sql.
WITH head AS MATERIALIZED (
	SELECT * FROM delivery WHERE town = $1 AND seq = $2 AND n = $3
), along AS MATERIALIZED (
	SELECT * FROM delivery
	WHERE town = $1 AND head_seq = $2 AND head_n = $3 AND head_seq IS NOT NULL AND state IN ('waiting', 'failed', 'dead')
), fellow AS MATERIALIZED (
	SELECT o.town, o.seq, o.n, o.queued_at <= h.queued_at + make_interval(secs => $5::integer) AS soon
	FROM head h CROSS JOIN LATERAL (
		SELECT town, seq, n, kind, tries, urgent, queued_at FROM delivery
		WHERE state IN ('waiting', 'failed') AND head_seq IS NULL
			AND town = h.town AND channel = h.channel AND receiver = h.receiver AND next_try_at <= server_now()
		ORDER BY urgent DESC, next_try_at LIMIT 2000
	) o
	WHERE h.tries = 1 AND h.seq > 0 AND o.seq > 0 AND o.tries = 0
		AND (o.kind = h.kind OR ($7 AND NOT o.urgent))
		AND NOT EXISTS (SELECT FROM along)
	ORDER BY o.seq, o.n LIMIT $6 - 1
), joined AS (
	UPDATE delivery d
	SET head_seq = $2, head_n = $3, tries = 1
	FROM fellow f
	WHERE d.town = f.town AND d.seq = f.seq AND d.n = f.n AND d.state IN ('waiting', 'failed') AND d.tries = 0
		AND ($7 OR (SELECT count(*) FROM fellow WHERE soon) >= $4)
	RETURNING d.*
), all_of_it AS (
	SELECT * FROM head UNION ALL SELECT * FROM along UNION ALL SELECT * FROM joined
)
SELECT n.town, n.seq, n.n, n.case_id, f.number, n.kind, n.unit, at_us(n.made_at), n.agg,
	d.channel, d.state, d.tries, at_us(d.next_try_at), at_us(d.delivered_at), d.failure, f.class, f.estate, f.grid,
	d.receiver, d.head_seq, d.head_n
FROM all_of_it d
CROSS JOIN LATERAL (SELECT * FROM notice WHERE town = d.town AND seq = d.seq AND n = d.n) n
LEFT JOIN LATERAL (SELECT number, class, estate, grid FROM case_file WHERE id = n.case_id) f ON true
ORDER BY d.head_seq NULLS FIRST, d.seq, d.n
