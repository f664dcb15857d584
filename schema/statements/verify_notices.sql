-- Every event has the notices that it says, 1..n; each of them has one delivery, and nothing else is delivered.
WITH told AS (
	SELECT town, seq, case_id,
		(SELECT count(*) FROM json_array_elements(body::json->'changes') AS c (change)
			WHERE c.change->>'what' = 'notice') AS n
	FROM case_event WHERE body LIKE '%"what":"notice"%'
),
kept AS (
	SELECT town, seq, min(case_id) AS case_id, max(case_id) AS other, count(*) AS n, max(n) AS newest
	FROM notice GROUP BY town, seq
),
wrong AS (
	SELECT town, seq FROM told FULL JOIN kept USING (town, seq)
	WHERE told.n IS DISTINCT FROM kept.n OR kept.n <> kept.newest
		OR kept.case_id <> told.case_id OR kept.other <> told.case_id
	UNION
	SELECT town, seq FROM notice FULL JOIN delivery USING (town, seq, n)
	WHERE notice.case_id IS NULL OR delivery.state IS NULL
		OR delivery.channel IS DISTINCT FROM notice.agg::json->>'channel'
		OR (delivery.channel IS NULL) <> (delivery.state = 'nobody')
)
SELECT count(*) AS bad,
	(SELECT coalesce(json_agg('event ' || town || ' ' || seq), '[]')::text
		FROM (SELECT * FROM wrong ORDER BY town, seq LIMIT 5) x) AS examples
FROM wrong
