-- Plans day $3 of job $2 of town $1: mark $4, figures as of $5, planned at $6, format $7, plan $8. Whoever comes second gets no row;
-- $9: but where that day was skipped it is planned after all, and why it was skipped stays with it.
INSERT INTO occurrence AS o (town, job, day, state, mark, as_of, planned_at, format, plan)
VALUES ($1, $2, $3::text::date, 'planned', $4, $5, $6, $7, $8)
ON CONFLICT (town, job, day) DO UPDATE
SET state = 'planned', mark = excluded.mark, as_of = excluded.as_of, planned_at = excluded.planned_at, format = excluded.format,
	plan = excluded.plan
WHERE $9 AND o.state = 'skipped'
RETURNING id
