-- The columns of a case say what its aggregate says, and its number holds its id.
WITH wrong AS (
	SELECT number FROM case_file
	WHERE state IS DISTINCT FROM agg::json->>'state' OR class IS DISTINCT FROM agg::json->>'class'
		OR unit IS DISTINCT FROM agg::json->>'unit' OR estate IS DISTINCT FROM agg::json->>'estate' OR grid IS DISTINCT FROM agg::json->>'grid'
		OR channel IS DISTINCT FROM agg::json->>'channel' OR submitter IS DISTINCT FROM agg::json->>'actor'
		OR received_at <> (agg::json->>'received_at')::timestamptz
		OR closed_at IS DISTINCT FROM (agg::json->>'closed_at')::timestamptz
		OR escalation_level <> coalesce((agg::json->>'escalation_level')::integer, 0)
		OR returns <> coalesce((agg::json->>'returns')::integer, 0)
		OR number !~ ('^[0-9]{8}-0*' || id || '$')
)
SELECT count(*) AS bad,
	(SELECT coalesce(json_agg('case ' || number), '[]')::text FROM (SELECT * FROM wrong ORDER BY number LIMIT 5) x)
		AS examples
FROM wrong
