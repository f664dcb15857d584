-- How many notices of town $1 have not reached anybody: given up, or queued more than an hour ago and still waiting for a try.
SELECT (SELECT count(*) FROM delivery WHERE town = $1 AND state = 'dead')
	+ (SELECT count(*) FROM delivery
		WHERE town = $1 AND state IN ('waiting', 'failed') AND head_seq IS NULL AND queued_at < server_now() - interval '1 hour')
	+ (SELECT count(*) FROM delivery
		WHERE town = $1 AND state IN ('waiting', 'failed') AND head_seq IS NOT NULL AND queued_at < server_now() - interval '1 hour')
