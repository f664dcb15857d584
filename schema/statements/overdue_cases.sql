-- The cases of town $1 whose holder's clock had run out before $2, each with its newest event by a person. Those with an event
-- recorded after $2 (looked for behind number $3) aren't here: they were another case then.
SELECT f.id, f.number, f.agg, act.type, at_us(act.at)
FROM case_file f
LEFT JOIN LATERAL (
	SELECT substring(left(e.body, 100) FROM '"type":"([^"]*)"') AS type, e.at
	FROM case_event e
	WHERE e.case_id = f.id AND e.actor <> 'gridd'
	ORDER BY e.version DESC LIMIT 1
) act ON true
WHERE f.town = $1 AND coalesce(f.due_at, 'infinity') < $2
	AND NOT EXISTS (SELECT FROM case_event c WHERE c.town = $1 AND c.seq > $3 AND c.recorded_at > $2 AND c.case_id = f.id)
