-- The $1 oldest notices that were given up and whose case doesn't say so yet.
SELECT d.town, d.seq, d.n, n.unit, d.channel, f.id, f.number, f.agg
FROM delivery d
JOIN notice n ON n.town = d.town AND n.seq = d.seq AND n.n = d.n
JOIN case_file f ON f.id = n.case_id
WHERE d.state = 'dead' AND d.seq > 0 AND NOT d.is_told
ORDER BY d.queued_at LIMIT $1
