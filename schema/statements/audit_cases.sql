-- A page of the cases that aren't over, after id $1, at most $2, each with what its timer says.
SELECT f.town, f.id, f.number, f.agg, t.case_id IS NOT NULL AS has_timer, at_us(t.fire_at) AS fire_at, t.failures
FROM case_file f
LEFT JOIN timer t ON t.case_id = f.id
WHERE f.id > $1 AND f.state NOT IN ('closed', 'rejected')
ORDER BY f.id LIMIT $2
