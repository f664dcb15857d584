-- By unit, of town $1 as of $2: clocks of holders that run out from then to before $4, suspended cases, and supervision orders to
-- it without an accepted reply. Cases with an event recorded after $2 (looked for behind number $3) aren't counted here.
WITH changed AS MATERIALIZED (
	SELECT DISTINCT case_id FROM case_event WHERE town = $1 AND seq > $3 AND recorded_at > $2
),
counted AS (
	SELECT unit, count(*) AS soon, 0 AS suspended, 0 AS orders
	FROM case_file f
	WHERE town = $1 AND coalesce(due_at, 'infinity') >= $2 AND coalesce(due_at, 'infinity') < $4
		AND NOT EXISTS (SELECT FROM changed c WHERE c.case_id = f.id)
	GROUP BY unit
	UNION ALL
	SELECT unit, 0, count(*), 0
	FROM case_file f
	WHERE town = $1 AND state = 'suspended' AND NOT EXISTS (SELECT FROM changed c WHERE c.case_id = f.id)
	GROUP BY unit
	UNION ALL
	SELECT s.unit, 0, 0, count(*)
	FROM supervision s
	JOIN case_file f ON f.id = s.case_id
	WHERE s.town = $1 AND s.state IN ('open', 'replied', 'expired') AND f.state NOT IN ('closed', 'rejected')
		AND NOT EXISTS (SELECT FROM changed c WHERE c.case_id = f.id)
	GROUP BY s.unit
)
SELECT unit, sum(soon)::bigint, sum(suspended)::bigint, sum(orders)::bigint
FROM counted WHERE unit IS NOT NULL
GROUP BY unit
