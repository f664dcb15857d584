-- The supervision orders of a case are those of its aggregate.
WITH held AS (
	SELECT f.id AS case_id, w.n, w.unit, w.issuer, w.kind, w.state, w.opened_at, w.due_at, w.replied_at, w.ended_at
	FROM case_file f
	CROSS JOIN LATERAL json_to_recordset(f.agg::json->'orders')
		AS w (n integer, unit text, issuer text, kind text, state text, opened_at timestamptz, due_at timestamptz,
			replied_at timestamptz, ended_at timestamptz)
),
wrong AS (
	SELECT coalesce(h.case_id, o.case_id) AS case_id, coalesce(h.n, o.n) AS n
	FROM held h FULL JOIN supervision o ON o.case_id = h.case_id AND o.n = h.n
	WHERE h.case_id IS NULL OR o.case_id IS NULL
		OR (o.unit, o.issuer, o.kind, o.state, o.opened_at, o.due_at, o.replied_at, o.ended_at)
			IS DISTINCT FROM (h.unit, h.issuer, h.kind, h.state, h.opened_at, h.due_at, h.replied_at, h.ended_at)
)
SELECT count(*) AS bad,
	(SELECT coalesce(json_agg('order ' || n || ' of case id ' || case_id), '[]')::text
		FROM (SELECT * FROM wrong ORDER BY case_id, n LIMIT 5) x) AS examples
FROM wrong
