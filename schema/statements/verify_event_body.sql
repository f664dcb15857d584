-- body_sha256 is the hash of the body that lies beside it, and the body is one that says when it happened and what it was.
WITH wrong AS (
	SELECT town, seq FROM case_event
	WHERE body_sha256 <> sha256(convert_to(body, 'UTF8')) OR recorded_at < at - interval '1 second'
		OR (body::json->>'at')::timestamptz <> at
)
SELECT count(*) AS bad,
	(SELECT coalesce(json_agg('event ' || town || ' ' || seq), '[]')::text
		FROM (SELECT * FROM wrong ORDER BY town, seq LIMIT 5) x) AS examples
FROM wrong
