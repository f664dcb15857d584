-- Every case has its private row, also an erased one, and no private row is without its case.
WITH wrong AS (
	SELECT coalesce(f.number, 'id ' || p.case_id) AS number
	FROM case_file f FULL JOIN case_private p ON p.case_id = f.id AND p.town = f.town
	WHERE f.id IS NULL OR p.case_id IS NULL
)
SELECT count(*) AS bad,
	(SELECT coalesce(json_agg('case ' || number), '[]')::text FROM (SELECT * FROM wrong ORDER BY number LIMIT 5) x)
		AS examples
FROM wrong
