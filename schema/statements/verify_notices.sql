-- Every event has the notices that it says, 1..n; a notice without one has an occurrence, or tries a channel; each of them has one
-- delivery, and nothing else is delivered. What went along with another went where that one did, and as far.
WITH told AS (
	SELECT town, seq, case_id,
		(SELECT count(*) FROM json_array_elements(body::json->'changes') AS c (change)
			WHERE c.change->>'what' = 'notice') AS n
	FROM case_event WHERE body LIKE '%"what":"notice"%'
),
kept AS (
	SELECT town, seq, min(case_id) AS case_id, max(case_id) AS other, count(*) AS n, max(n) AS newest, bool_and(kind = 'test') AS test
	FROM notice GROUP BY town, seq
),
wrong AS (
	SELECT town, seq FROM told FULL JOIN (SELECT * FROM kept WHERE seq > 0) k USING (town, seq)
	WHERE told.n IS DISTINCT FROM k.n OR k.n <> k.newest
		OR k.case_id <> told.case_id OR k.other <> told.case_id
	UNION
	SELECT k.town, k.seq FROM kept k LEFT JOIN occurrence o ON o.town = k.town AND o.id = -k.seq
	WHERE k.seq < 0 AND ((o.id IS NULL OR o.state <> 'planned') <> k.test OR k.n <> k.newest)
	UNION
	SELECT town, seq FROM notice FULL JOIN delivery USING (town, seq, n)
	WHERE notice.unit IS NULL OR delivery.state IS NULL OR delivery.kind <> notice.kind
		OR (seq > 0 AND delivery.channel IS DISTINCT FROM notice.agg::json->>'channel')
		OR (delivery.channel IS NULL) <> (delivery.state = 'nobody')
	UNION
	SELECT d.town, d.seq FROM delivery d LEFT JOIN delivery h ON h.town = d.town AND h.seq = d.head_seq AND h.n = d.head_n
	WHERE d.head_seq IS NOT NULL
		AND (h.state IS NULL OR (h.state = 'delivered') <> (d.state = 'delivered') OR h.head_seq IS NOT NULL
			OR h.channel <> d.channel OR h.receiver <> d.receiver)
)
SELECT count(*) AS bad,
	(SELECT coalesce(json_agg('event ' || town || ' ' || seq), '[]')::text
		FROM (SELECT * FROM wrong ORDER BY town, seq LIMIT 5) x) AS examples
FROM wrong
