-- Notices of town $1, newest first, at most $2, older than event $3 and place $4 in it; of unit $5, in state $6, by channel $7,
-- of case $8, made at or after $9 (each NULL: any); in the scope ($10 to $12); of kind $13. Those of cases come first; then those that
-- have none, whose numbers are negative.
WITH page AS (
	(SELECT n.seq, n.n
	FROM notice n JOIN delivery d ON d.town = n.town AND d.seq = n.seq AND d.n = n.n
	WHERE n.town = $1 AND n.seq > 0
		AND (n.seq, n.n) < ($3::bigint, $4::integer)
		AND ($5::text IS NULL OR n.unit = $5)
		AND ($6::text IS NULL OR d.state = $6)
		AND ($7::text IS NULL OR d.channel = $7)
		AND ($8::bigint IS NULL OR n.case_id = $8)
		AND ($9::timestamptz IS NULL OR n.made_at >= $9)
		AND ($13::text IS NULL OR n.kind = $13)
		AND ($10 OR case_in_scope(n.case_id, $10, $11, $12))
	ORDER BY n.seq DESC, n.n DESC LIMIT $2)
	UNION ALL
	(SELECT n.seq, n.n
	FROM notice n JOIN delivery d ON d.town = n.town AND d.seq = n.seq AND d.n = n.n
	WHERE n.town = $1 AND n.seq < 0
		AND ($3 >= 0 OR n.seq > $3 OR (n.seq = $3 AND n.n < $4))
		AND ($5::text IS NULL OR n.unit = $5)
		AND ($6::text IS NULL OR d.state = $6)
		AND ($7::text IS NULL OR d.channel = $7)
		AND ($9::timestamptz IS NULL OR n.made_at >= $9)
		AND ($13::text IS NULL OR n.kind = $13)
		AND $8::bigint IS NULL AND $10
	ORDER BY n.seq, n.n DESC LIMIT $2)
)
SELECT n.town, n.seq, n.n, n.case_id, f.number, n.kind, n.unit, at_us(n.made_at), n.agg,
	d.channel, d.state, d.tries, at_us(d.next_try_at), at_us(d.delivered_at), d.failure, f.class, f.estate, f.grid,
	d.receiver, d.head_seq, d.head_n
FROM page p
JOIN notice n ON n.town = $1 AND n.seq = p.seq AND n.n = p.n
JOIN delivery d ON d.town = n.town AND d.seq = n.seq AND d.n = n.n
LEFT JOIN case_file f ON f.id = n.case_id
ORDER BY n.seq < 0, abs(n.seq) DESC, n.n DESC LIMIT $2
