-- The events of a town's cases by case and version, as far as they were recorded by $2: of cases received before $4 that are
-- open, or were acted on since $3; and, where $5 is given, of those that were over before and had a clock that was due at $5 or
-- later (looked for among what was acted on up to 400 days before).
-- The outer query is in order already, so that only the events of one case are ever sorted.
SELECT f.id, f.number, e.version, e.seq, at_us(e.at), at_us(e.recorded_at), e.actor, e.body
FROM (
	SELECT id, number FROM case_file
	WHERE town = $1 AND received_at < $4
		AND (state NOT IN ('closed', 'rejected')
			OR updated_at >= $3
			OR updated_at >= $5::timestamptz - interval '400 days' AND (overall_due_at >= $5
				OR EXISTS (SELECT FROM json_array_elements(agg::json->'clocks') AS c (clock)
					WHERE (c.clock->>'due_at')::timestamptz >= $5)))
	ORDER BY id
) f
CROSS JOIN LATERAL (
	SELECT version, seq, at, recorded_at, actor, body FROM case_event
	WHERE case_id = f.id AND recorded_at <= $2
	ORDER BY version
) e
ORDER BY f.id, e.version
