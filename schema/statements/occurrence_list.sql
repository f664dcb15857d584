-- The newest $3 days of job $2 of town $1: what was booked, how many were overdue, how many notices told of it and how many arrived.
SELECT o.day::text, o.state, o.mark, at_us(o.as_of), at_us(o.planned_at), o.reason,
	substring(left(o.plan, 2000) FROM '"overdue":([0-9]+)')::bigint, d.notices, d.delivered
FROM occurrence o
CROSS JOIN LATERAL (
	SELECT count(*) AS notices, count(*) FILTER (WHERE state = 'delivered') AS delivered
	FROM delivery WHERE town = o.town AND seq = -o.id
) d
WHERE o.town = $1 AND o.job = $2
ORDER BY o.day DESC LIMIT $3
