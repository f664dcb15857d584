-- A call key points to an event of its own town, an outside number to the call that brought it, if that had a key. The outside
-- numbers of a case are those of its aggregate.
WITH held AS (
	SELECT f.town, w.channel, w.ref, f.id AS case_id
	FROM case_file f
	CROSS JOIN LATERAL json_to_recordset(f.agg::json->'refs') AS w (channel text, ref text)
),
wrong AS (
	SELECT 'key ' || k.principal || ' ' || k.key AS what
	FROM call_key k LEFT JOIN case_event e ON e.case_id = k.case_id AND e.version = k.version AND e.town = k.town
	WHERE e.case_id IS NULL
	UNION
	SELECT 'ref ' || r.channel || ' ' || r.ref
	FROM outside_ref r
	LEFT JOIN call_key k ON k.town = r.town AND k.principal = r.principal AND k.key = r.key
	WHERE r.key IS NOT NULL AND k.case_id IS DISTINCT FROM r.case_id
	UNION
	SELECT 'ref ' || channel || ' ' || ref
	FROM held h FULL JOIN outside_ref r USING (town, channel, ref)
	WHERE h.case_id IS DISTINCT FROM r.case_id
)
SELECT count(*) AS bad,
	(SELECT coalesce(json_agg(what), '[]')::text FROM (SELECT * FROM wrong ORDER BY what LIMIT 5) x) AS examples
FROM wrong
