-- What was planned can be read: JSON of a format that is known (1, of both jobs), of that town and day; a night has as many rows as it
-- says are overdue, and its units' lines add up to that. It was told to somebody. What was skipped says why, and was told to nobody.
WITH told AS (
	SELECT town, -seq AS id, count(*) AS notices FROM notice WHERE seq < 0 AND kind <> 'test' GROUP BY town, seq
),
read AS MATERIALIZED (
	SELECT o.*, json_or_null(o.plan) AS p, coalesce(t.notices, 0) AS notices
	FROM occurrence o LEFT JOIN told t ON t.town = o.town AND t.id = o.id
),
wrong AS (
	SELECT town, job, day FROM read
	WHERE state = 'planned' AND (p IS NULL OR notices = 0 OR format <> 1 OR p->>'format' IS DISTINCT FROM format::text
		OR p->>'town' IS DISTINCT FROM town)
		OR state = 'skipped' AND (reason IS NULL OR notices > 0 OR plan IS NOT NULL)
	UNION
	SELECT town, job, day FROM read
	WHERE state = 'planned' AND job = 'nightly' AND p IS NOT NULL AND (
		p->>'day' IS DISTINCT FROM day::text OR p->>'mark' IS DISTINCT FROM mark
		OR (p->>'overdue')::bigint IS DISTINCT FROM coalesce(json_array_length(p->'rows'), 0)
		OR (p->>'overdue')::bigint IS DISTINCT FROM
			(SELECT coalesce(sum((u->>'overdue')::bigint), 0) FROM json_array_elements(p->'units') AS u))
)
SELECT count(*) AS bad,
	(SELECT coalesce(json_agg(job || ' of ' || town || ' ' || day), '[]')::text
		FROM (SELECT * FROM wrong ORDER BY town, job, day LIMIT 5) x) AS examples
FROM wrong
