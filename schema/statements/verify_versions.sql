-- A case's events have versions 1..n, and the case stands at n, in the columns and in the aggregate.
WITH counted AS (
	SELECT case_id, town, count(*) AS events, max(version) AS newest, min(version) AS oldest
	FROM case_event GROUP BY case_id, town
),
wrong AS (
	SELECT coalesce(f.number, 'id ' || c.case_id) AS number
	FROM case_file f FULL JOIN counted c ON c.case_id = f.id AND c.town = f.town
	WHERE f.id IS NULL OR c.case_id IS NULL OR f.version <> c.newest OR c.events <> c.newest OR c.oldest <> 1
		OR (f.agg::json->>'version')::integer <> f.version
)
SELECT count(*) AS bad,
	(SELECT coalesce(json_agg('case ' || number), '[]')::text FROM (SELECT * FROM wrong ORDER BY number LIMIT 5) x)
		AS examples
FROM wrong
