-- Supervision orders of town $1, newest first, at most $2, behind the one opened at $3 of case $4 with number $5; to unit $6, in
-- state $7, of kind $8, of case $9, opened at or after $10 (each NULL: any); in the scope ($11 to $13). What was demanded and
-- replied in words stands beside the events that did it.
SELECT s.case_id, f.number, s.n, s.unit, s.issuer, s.kind, s.state, s.grounds, at_us(s.opened_at), at_us(s.due_at),
	at_us(s.replied_at), at_us(s.ended_at), s.consequence, words.demand, words.reply
FROM supervision s
JOIN case_file f ON f.id = s.case_id
CROSS JOIN LATERAL (
	SELECT min(w.text) FILTER (WHERE w.state = 'open') AS demand,
		(array_agg(w.text ORDER BY w.version DESC) FILTER (WHERE w.state = 'replied'))[1] AS reply
	FROM (
		SELECT n.text, n.version, c.item->'order'->>'state' AS state
		FROM note_private n
		JOIN case_event e ON e.case_id = n.case_id AND e.version = n.version,
			json_array_elements(e.body::json->'changes') AS c (item)
		WHERE n.case_id = s.case_id AND e.body::json->>'type' IN ('supervision.opened', 'supervision.replied')
			AND c.item->>'what' = 'order' AND c.item->'order'->>'n' = s.n::text
	) w
) words
WHERE s.town = $1
	AND (s.opened_at, s.case_id, s.n) < ($3::timestamptz, $4::bigint, $5::integer)
	AND ($6::text IS NULL OR s.unit = $6)
	AND ($7::text IS NULL OR s.state = $7)
	AND ($8::text IS NULL OR s.kind = $8)
	AND ($9::bigint IS NULL OR s.case_id = $9)
	AND ($10::timestamptz IS NULL OR s.opened_at >= $10)
	AND ($11 OR case_in_scope(s.case_id, $11, $12, $13))
ORDER BY s.opened_at DESC, s.case_id DESC, s.n DESC LIMIT $2
