-- A call key and an outside number point to an event, and to a case, of their own town; an outside number to a call key.
WITH wrong AS (
	SELECT 'key ' || k.principal || ' ' || k.key AS what
	FROM call_key k LEFT JOIN case_event e ON e.case_id = k.case_id AND e.version = k.version AND e.town = k.town
	WHERE e.case_id IS NULL
	UNION ALL
	SELECT 'ref ' || r.channel || ' ' || r.ref
	FROM outside_ref r
	LEFT JOIN call_key k ON k.town = r.town AND k.principal = r.principal AND k.key = r.key
	WHERE k.case_id IS DISTINCT FROM r.case_id
)
SELECT count(*) AS bad,
	(SELECT coalesce(json_agg(what), '[]')::text FROM (SELECT * FROM wrong ORDER BY what LIMIT 5) x) AS examples
FROM wrong
