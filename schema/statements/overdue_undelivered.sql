-- Notices of town $1 that didn't reach anybody: given up, or waiting for longer than an hour.
SELECT (SELECT count(*) FROM delivery WHERE town = $1 AND state = 'dead')
	+ (SELECT count(*) FROM delivery WHERE town = $1 AND state IN ('waiting', 'failed')
		AND queued_at < server_now() - interval '1 hour')
