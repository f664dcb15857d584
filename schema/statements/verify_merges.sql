-- A case that goes along with another one is named by that one, which lies in the same town; and the reverse. A merged case
-- names one.
WITH goes AS (
	SELECT town, number, agg::json->>'merged_into' AS parent FROM case_file WHERE agg LIKE '%"merged_into":%'
),
has AS (
	SELECT f.town, w.number, f.number AS parent
	FROM case_file f CROSS JOIN LATERAL json_array_elements_text(f.agg::json->'merged_from') AS w (number)
	WHERE f.agg LIKE '%"merged_from":%'
),
wrong AS (
	SELECT number FROM goes FULL JOIN has USING (town, number, parent) WHERE goes IS NULL OR has IS NULL
	UNION
	SELECT number FROM case_file WHERE state = 'merged' AND agg NOT LIKE '%"merged_into":%'
)
SELECT count(*) AS bad,
	(SELECT coalesce(json_agg('case ' || number), '[]')::text FROM (SELECT * FROM wrong ORDER BY number LIMIT 5) x)
		AS examples
FROM wrong
