-- The events of one case, named as in get_case.sql ($1 to $8), after version $9, at most $10; each with the state before it and
-- with what was noted beside it. (Events of format 1 have no `state`, but the change to it.)
SELECT e.seq, e.case_id, e.version, at_us(e.at), at_us(e.recorded_at), e.actor, e.body, f.number,
	coalesce(b.body::json->>'state', (SELECT c.item->>'state'
		FROM json_array_elements(b.body::json->'changes') AS c (item)
		WHERE c.item->>'what' = 'state' LIMIT 1)) AS state_before,
	n.text, n.attachments
FROM case_file f
JOIN case_event e ON e.case_id = f.id
LEFT JOIN case_event b ON b.case_id = e.case_id AND b.version = e.version - 1
LEFT JOIN note_private n ON n.case_id = e.case_id AND n.version = e.version
WHERE f.town = $1
	AND f.id = coalesce($2::bigint,
		(SELECT r.case_id FROM outside_ref r WHERE r.town = $1 AND r.channel = $4 AND r.ref = $5))
	AND ($3::text IS NULL OR f.number = $3)
	AND case_in_scope(f.id, $6, $7, $8)
	AND e.version > $9
ORDER BY e.version LIMIT $10
