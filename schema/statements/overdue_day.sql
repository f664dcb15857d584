-- What was done in town $1 and recorded after $2 and up to $3 (numbers $4 to $5), that a supervision office is told of: extended,
-- suspended, waived, and late: entered more than $6 microseconds after it happened. A case once for each, by its number.
WITH day AS MATERIALIZED (
	SELECT case_id, version, at, recorded_at, actor, body, substring(left(body, 100) FROM '"type":"([^"]*)"') AS type
	FROM case_event
	WHERE town = $1 AND seq > $4 AND seq <= $5 AND recorded_at > $2 AND recorded_at <= $3 AND actor <> 'gridd'
),
-- What a granted request was for stands in the event that asked.
granted AS MATERIALIZED (
	SELECT d.case_id, (
		SELECT substring(a.body FROM '"asks":"([a-z]*)"')
		FROM case_event a
		WHERE a.case_id = d.case_id AND a.version < d.version AND left(a.body, 100) LIKE '%"type":"request.asked"%'
		ORDER BY a.version DESC LIMIT 1
	) AS asks
	FROM day d
	WHERE d.type = 'request.decided' AND d.body LIKE '%"grant":true%'
),
noted AS (
	SELECT 'extended' AS what, case_id FROM granted WHERE asks = 'extend'
	UNION
	SELECT 'suspended', case_id FROM granted WHERE asks = 'suspend'
	UNION
	SELECT 'suspended', case_id FROM day WHERE type = 'case.suspended'
	UNION
	SELECT 'waived', case_id FROM granted WHERE asks = 'waive'
	UNION
	SELECT 'waived', case_id FROM day WHERE type = 'case.waived'
	UNION
	SELECT 'late', case_id FROM day
	WHERE at < recorded_at - $6::bigint * interval '1 microsecond' AND body LIKE '%"late_entry":true%'
)
SELECT n.what, f.number FROM noted n JOIN case_file f ON f.id = n.case_id
ORDER BY n.what, f.id
