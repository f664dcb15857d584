-- What the check in C folds: the events of the cases after id $1, at most $2 cases, with aggregate and timer beside each event.
SELECT f.id, f.town, f.number, e.version, e.body, f.agg, at_us(t.fire_at), t.failures, e.actor
FROM (SELECT id, town, number, agg FROM case_file WHERE id > $1 ORDER BY id LIMIT $2) f
JOIN case_event e ON e.case_id = f.id
LEFT JOIN timer t ON t.case_id = f.id
ORDER BY f.id, e.version
