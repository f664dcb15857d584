-- Cases whose time has come: at or before $1, not before $2, the oldest first, at most $3.
SELECT t.town, t.case_id, f.number, at_us(t.fire_at), t.failures, f.agg
FROM (
	SELECT town, case_id, fire_at, failures FROM timer
	WHERE fire_at < 'infinity' AND fire_at >= $2 AND fire_at <= $1
	ORDER BY fire_at LIMIT $3
) t
CROSS JOIN LATERAL (SELECT number, agg FROM case_file WHERE id = t.case_id) f
ORDER BY t.fire_at, t.case_id
