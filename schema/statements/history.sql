-- The events of one case, named as in get_case.sql ($1..$5), after version $6, at most $7.
SELECT e.seq, e.case_id, e.version, at_us(e.at), at_us(e.recorded_at), e.actor, e.body, f.number
FROM case_file f
JOIN case_event e ON e.case_id = f.id
WHERE f.town = $1
	AND f.id = coalesce($2::bigint,
		(SELECT r.case_id FROM outside_ref r WHERE r.town = $1 AND r.channel = $4 AND r.ref = $5))
	AND ($3::text IS NULL OR f.number = $3)
	AND e.version > $6
ORDER BY e.version LIMIT $7
