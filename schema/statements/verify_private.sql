-- Every case has its private row, also an erased one, and no private row is without its case; every later event that came with
-- something private has its row too.
WITH noted AS (
	SELECT town, case_id, version FROM case_event
	WHERE version > 1 AND (body LIKE '%"note_sha256":%' OR body LIKE '%"private_sha256":%')
),
wrong AS (
	SELECT coalesce(f.number, 'id ' || p.case_id) AS number
	FROM case_file f FULL JOIN case_private p ON p.case_id = f.id AND p.town = f.town
	WHERE f.id IS NULL OR p.case_id IS NULL
	UNION
	SELECT coalesce((SELECT number FROM case_file WHERE id = case_id), 'id ' || case_id)
	FROM noted FULL JOIN note_private n USING (town, case_id, version)
	WHERE noted IS NULL OR n IS NULL
)
SELECT count(*) AS bad,
	(SELECT coalesce(json_agg('case ' || number), '[]')::text FROM (SELECT * FROM wrong ORDER BY number LIMIT 5) x)
		AS examples
FROM wrong
