-- Takes the $1 notices that have waited longest for a try, and counts the try: for $2 seconds nobody else takes them, whatever
-- becomes of whoever did. Columns as in outbox_list.sql.
WITH due AS MATERIALIZED (
	SELECT town, seq, n
	FROM delivery
	WHERE state IN ('waiting', 'failed') AND next_try_at <= server_now()
	ORDER BY next_try_at LIMIT $1
	FOR UPDATE SKIP LOCKED
), taken AS (
	UPDATE delivery d
	SET tries = d.tries + 1, next_try_at = server_now() + make_interval(secs => $2::integer)
	FROM due
	WHERE d.town = due.town AND d.seq = due.seq AND d.n = due.n
	RETURNING d.*
)
SELECT n.town, n.seq, n.n, n.case_id, f.number, n.kind, n.unit, at_us(n.made_at), n.agg,
	d.channel, d.state, d.tries, at_us(d.next_try_at), at_us(d.delivered_at), d.failure, f.class, f.estate, f.grid
FROM taken d
JOIN notice n ON n.town = d.town AND n.seq = d.seq AND n.n = d.n
JOIN case_file f ON f.id = n.case_id
ORDER BY n.made_at, n.seq, n.n
