-- What came of a try of notice $1 $2 $3: delivered ($4), or why not ($5) and after how many seconds to try again ($6; NULL:
-- never).
UPDATE delivery
SET state = CASE WHEN $4 THEN 'delivered' WHEN $6::integer IS NULL THEN 'dead' ELSE 'failed' END,
	delivered_at = CASE WHEN $4 THEN server_now() END,
	failure = CASE WHEN NOT $4 THEN $5 END,
	next_try_at = CASE WHEN NOT $4 THEN server_now() + make_interval(secs => $6::integer) END
WHERE town = $1 AND seq = $2 AND n = $3 AND state IN ('waiting', 'failed')
