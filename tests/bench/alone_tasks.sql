-- Their tasks; last, as text, the place of the case among those of alone_rows.sql, from 0.
SELECT 0::bigint, t.n, t.unit, t.kind, t.state, t.given_at, t.accepted_at, t.arrived_at, t.ended_at, t.result, t.reason,
	convert_to((f.place - 1)::text, 'UTF8')
FROM (
	SELECT town, id, row_number() OVER (ORDER BY town, id) AS place
	FROM gridd.case_file WHERE town <> 'bench' ORDER BY town, id LIMIT 2000
) f
JOIN gridd.task t ON t.town = f.town AND t.case_id = f.id
ORDER BY f.place, t.n
