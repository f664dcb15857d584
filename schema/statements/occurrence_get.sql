-- Day $3 of job $2 of town $1; day NULL: the newest that was planned.
SELECT id, day::text, state, mark, at_us(as_of), at_us(planned_at), reason, format, plan
FROM occurrence
WHERE town = $1 AND job = $2 AND CASE WHEN $3::text IS NULL THEN state = 'planned' ELSE day = $3::text::date END
ORDER BY day DESC LIMIT 1
