-- The occurrence $2 of town $1 that a notice tells of: job, day, when it was planned, and all that is told.
SELECT job, day::text, at_us(planned_at), plan FROM occurrence WHERE id = $2 AND town = $1 AND state = 'planned'
