-- What goes to the joint meeting: cases of town $1 that were open at some time from $2 to before $3 and are held by desk $4, were
-- returned more than once, or are worked at by units of two departments or more ($5 and $6: unit and its department, side by
-- side); in the scope ($7 to $9), oldest first, at most $10.
SELECT f.number, f.state, f.class, f.estate, f.grid, f.unit, at_us(f.received_at), at_us(f.closed_at), at_us(f.due_at),
	f.returns, f.escalation_level, array_to_json(d.departments), coalesce(f.unit = $4, false) AS held, f.returns > 1 AS bounced,
	coalesce(cardinality(d.departments), 0) > 1 AS crosses
FROM case_file f
CROSS JOIN LATERAL (
	SELECT array_agg(DISTINCT part.department ORDER BY part.department) AS departments
	FROM task t
	JOIN unnest($5::text[], $6::text[]) AS part (unit, department) ON part.unit = t.unit
	WHERE t.case_id = f.id AND t.kind IN ('lead', 'assist') AND t.state NOT IN ('returned', 'withdrawn')
) d
WHERE f.town = $1
	AND f.received_at < $3 AND (f.closed_at IS NULL OR f.closed_at >= $2)
	AND f.state NOT IN ('rejected', 'merged')
	AND (f.unit = $4 OR f.returns > 1 OR cardinality(d.departments) > 1)
	AND ($7 OR case_in_scope(f.id, $7, $8, $9))
ORDER BY f.received_at, f.id LIMIT $10
