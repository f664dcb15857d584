-- Who was told of occurrence $2 of town $1, and what became of it.
SELECT n.n, n.unit, d.channel, d.receiver, d.state, d.tries, at_us(d.delivered_at), d.failure, at_us(n.made_at)
FROM notice n
JOIN delivery d ON d.town = n.town AND d.seq = n.seq AND d.n = n.n
WHERE n.town = $1 AND n.seq = -$2::bigint
ORDER BY n.n
