-- The events of town $1 after number $2, in commit order, that lie in the scope ($3 to $5) and are of a type in $6 and of case $7
-- (NULL: of any), at most $8; looked for among the next $9 numbers, or among all events of the case. Numbers have no gaps.
-- Behind them one row without a case: how far was looked, and the newest number of the town.
WITH head AS MATERIALIZED (
	SELECT coalesce((SELECT t.seq FROM town_feed t WHERE t.town = $1), 0) AS seq
), seen AS MATERIALIZED (
	SELECT e.seq, e.case_id, e.version, e.at, e.recorded_at, e.actor, e.body
	FROM case_event e
	WHERE e.town = $1
		AND e.seq > $2::bigint AND ($7::bigint IS NOT NULL OR e.seq <= $2::bigint + $9::integer)
		AND ($7::bigint IS NULL OR e.case_id = $7)
		AND ($3 OR case_in_scope(e.case_id, $3, $4, $5))
		AND ($6::text[] IS NULL OR e.body::json->>'type' = ANY ($6))
	ORDER BY e.seq LIMIT $8
)
SELECT s.seq, s.case_id, s.version, at_us(s.at), at_us(s.recorded_at), s.actor, s.body, f.number,
	coalesce(b.body::json->>'state', (SELECT c.item->>'state'
		FROM json_array_elements(b.body::json->'changes') AS c (item)
		WHERE c.item->>'what' = 'state' LIMIT 1)) AS state_before,
	NULL AS note, NULL AS attachments, NULL AS head
FROM seen s
JOIN case_file f ON f.id = s.case_id
LEFT JOIN case_event b ON b.case_id = s.case_id AND b.version = s.version - 1
UNION ALL
SELECT CASE WHEN (SELECT count(*) FROM seen) = $8 THEN (SELECT max(seq) FROM seen)
		WHEN $7::bigint IS NULL THEN least($2::bigint + $9::integer, head.seq)
		ELSE head.seq END,
	NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, head.seq
FROM head
ORDER BY 1, 2 NULLS LAST
