-- The channels $1 are known now: what failed before is tried at once, and as if for the first time. $2: all that failed; else only
-- what failed because the channel wasn't known.
UPDATE delivery SET next_try_at = 'epoch', tries = 0
WHERE state = 'failed' AND head_seq IS NULL AND next_try_at IS NOT NULL AND channel = ANY ($1)
	AND (leased_until IS NULL OR leased_until <= server_now())
	AND ($2 OR failure LIKE 'the config file has no channel %')
