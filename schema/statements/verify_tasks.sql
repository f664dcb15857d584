-- The task rows of a case are the tasks of its aggregate.
WITH held AS (
	SELECT f.id AS case_id, w.n, w.unit, w.kind, w.state, w.given_at, w.ended_at
	FROM case_file f
	CROSS JOIN LATERAL json_to_recordset(f.agg::json->'tasks')
		AS w (n integer, unit text, kind text, state text, given_at timestamptz, ended_at timestamptz)
),
wrong AS (
	SELECT coalesce(h.case_id, t.case_id) AS case_id, coalesce(h.n, t.n) AS n
	FROM held h FULL JOIN task t ON t.case_id = h.case_id AND t.n = h.n
	WHERE h.case_id IS NULL OR t.case_id IS NULL
		OR (t.unit, t.kind, t.state, t.given_at, t.ended_at) IS DISTINCT FROM (h.unit, h.kind, h.state, h.given_at, h.ended_at)
)
SELECT count(*) AS bad,
	(SELECT coalesce(json_agg('task ' || n || ' of case id ' || case_id), '[]')::text
		FROM (SELECT * FROM wrong ORDER BY case_id, n LIMIT 5) x) AS examples
FROM wrong
