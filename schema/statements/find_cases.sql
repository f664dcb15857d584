-- Cases of town $1 whose ids are $2 + n * $3 and whose numbers end so: $4 in the day before the dash ('': any), $5 behind it; in
-- the scope ($6 to $8), the open ones first, then the newest, at most $9. The ids are probed one by one, up to the newest: no index
-- is kept for it. What case_in_scope says is written out, because it is asked of thousands. Every row begins with the newest id; where that makes $10 probes or more there is one row with nothing else.
SELECT n.newest, f.number, f.state, f.class, f.estate, f.unit, at_us(f.due_at), p.address
FROM (SELECT coalesce(max(id), 0) AS newest FROM case_file) n
LEFT JOIN LATERAL (
	SELECT c.id, c.number, c.state, c.class, c.estate, c.unit, c.due_at, c.state IN ('closed', 'rejected', 'merged') AS is_over
	FROM generate_series($2::bigint, CASE WHEN (n.newest - $2) / $3 < $10::bigint THEN n.newest ELSE -1 END, $3::bigint) AS probe (id)
	JOIN case_file c ON c.id = probe.id
	WHERE c.town = $1
		AND right(split_part(c.number, '-', 1), length($4)) = $4
		AND right(split_part(c.number, '-', 2), length($5)) = $5
		AND ($6 OR c.submitter = $7 OR c.unit = ANY ($8)
			OR EXISTS (SELECT FROM task t WHERE t.case_id = c.id AND t.unit = ANY ($8))
			OR EXISTS (SELECT FROM supervision s WHERE s.town = $1 AND s.case_id = c.id AND s.unit = ANY ($8)))
	ORDER BY is_over, c.id DESC LIMIT $9
) f ON true
LEFT JOIN case_private p ON p.case_id = f.id
ORDER BY f.is_over, f.id DESC
