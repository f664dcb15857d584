-- Books the days $3 of job $2 of town $1 as skipped, because of $5: their instants are $4, it is booked at $6.
INSERT INTO occurrence (town, job, day, state, as_of, planned_at, reason)
SELECT $1, $2, d.day::date, 'skipped', d.as_of, $6, $5
FROM unnest($3::text[], $4::timestamptz[]) AS d (day, as_of)
ON CONFLICT (town, job, day) DO NOTHING
