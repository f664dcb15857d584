-- As fold_cases.sql, of the cases of town $1 that changed after $2: they have an event recorded later (looked for behind number
-- $3). Those that weren't there by then have no row.
SELECT f.id, f.number, e.version, e.seq, at_us(e.at), at_us(e.recorded_at), e.actor, e.body
FROM (
	SELECT id, number FROM case_file
	WHERE id IN (SELECT case_id FROM case_event WHERE town = $1 AND seq > $3 AND recorded_at > $2)
	ORDER BY id
) f
CROSS JOIN LATERAL (
	SELECT version, seq, at, recorded_at, actor, body FROM case_event
	WHERE case_id = f.id AND recorded_at <= $2
	ORDER BY version
) e
ORDER BY f.id, e.version
