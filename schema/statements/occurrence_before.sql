-- What is booked of job $2 of town $1: the newest day, the state of day $3 (NULL: it isn't booked), how many were overdue in what
-- was planned for day $4, and since when pack version $5 is there.
SELECT (SELECT max(day) FROM occurrence WHERE town = $1 AND job = $2)::text,
	(SELECT state FROM occurrence WHERE town = $1 AND job = $2 AND day = $3::text::date),
	(SELECT substring(left(plan, 2000) FROM '"overdue":([0-9]+)')::bigint FROM occurrence
		WHERE town = $1 AND job = $2 AND day = $4::text::date AND state = 'planned'),
	(SELECT at_us(stored_at) FROM pack WHERE town = $1 AND version = $5),
	(SELECT at_us(min(stored_at)) FROM pack WHERE town = $1)
