-- A page of a town's cases that aren't over, oldest first. $1 town, $2 the id of the last one seen, $3 how many.
SELECT id, number, agg FROM case_file
WHERE town = $1 AND id > $2 AND state NOT IN ('closed', 'rejected')
ORDER BY id LIMIT $3
