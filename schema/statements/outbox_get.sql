-- One notice: town $1, event $2, place $3 in it. Columns as in outbox_list.sql.
SELECT n.town, n.seq, n.n, n.case_id, f.number, n.kind, n.unit, at_us(n.made_at), n.agg,
	d.channel, d.state, d.tries, at_us(d.next_try_at), at_us(d.delivered_at), d.failure, f.class, f.estate, f.grid,
	d.receiver, d.head_seq, d.head_n
FROM notice n
JOIN delivery d ON d.town = n.town AND d.seq = n.seq AND d.n = n.n
LEFT JOIN case_file f ON f.id = n.case_id
WHERE n.town = $1 AND n.seq = $2 AND n.n = $3
