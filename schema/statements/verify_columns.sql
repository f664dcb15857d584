-- The columns of a case say what its aggregate says, and its number holds its id.
WITH wrong AS (
	SELECT number FROM case_file
	WHERE state IS DISTINCT FROM agg->>'state' OR class IS DISTINCT FROM agg->>'class' OR unit IS DISTINCT FROM agg->>'unit'
		OR estate IS DISTINCT FROM agg->>'estate' OR grid IS DISTINCT FROM agg->>'grid'
		OR channel IS DISTINCT FROM agg->>'channel' OR received_at <> (agg->>'received_at')::timestamptz
		OR closed_at IS DISTINCT FROM (agg->>'closed_at')::timestamptz
		OR escalation_level <> (agg->>'escalation_level')::integer OR returns <> (agg->>'returns')::integer
		OR number !~ ('^[0-9]{8}-0*' || id || '$')
)
SELECT count(*) AS bad,
	(SELECT coalesce(json_agg('case ' || number), '[]')::text FROM (SELECT * FROM wrong ORDER BY number LIMIT 5) x)
		AS examples
FROM wrong
