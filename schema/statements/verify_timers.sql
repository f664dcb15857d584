-- Every case has one timer; that of a final case never fires.
WITH wrong AS (
	SELECT coalesce(f.number, 'id ' || t.case_id) AS number
	FROM case_file f FULL JOIN timer t ON t.case_id = f.id AND t.town = f.town
	WHERE f.id IS NULL OR t.case_id IS NULL OR (f.state IN ('closed', 'rejected', 'merged') AND t.fire_at < 'infinity')
)
SELECT count(*) AS bad,
	(SELECT coalesce(json_agg('case ' || number), '[]')::text FROM (SELECT * FROM wrong ORDER BY number LIMIT 5) x)
		AS examples
FROM wrong
