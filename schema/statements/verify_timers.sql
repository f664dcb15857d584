-- Every case has one timer: when its newest event says that it fires next, unless a firing that failed was put off. That of
-- a final case never fires.
WITH wrong AS (
	SELECT coalesce(f.number, 'id ' || t.case_id) AS number
	FROM case_file f
	FULL JOIN timer t ON t.case_id = f.id AND t.town = f.town
	LEFT JOIN case_event e ON e.case_id = f.id AND e.version = f.version
	WHERE f.id IS NULL OR t.case_id IS NULL OR (f.state IN ('closed', 'rejected') AND t.fire_at < 'infinity')
		OR (t.failures = 0 AND t.fire_at <> coalesce((e.body::json->>'next_fire_at')::timestamptz, 'infinity'))
)
SELECT count(*) AS bad,
	(SELECT coalesce(json_agg('case ' || number), '[]')::text FROM (SELECT * FROM wrong ORDER BY number LIMIT 5) x)
		AS examples
FROM wrong
