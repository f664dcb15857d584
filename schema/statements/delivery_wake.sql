-- The channels $1 are known now: what failed before is tried at once, and as if for the first time.
UPDATE delivery SET next_try_at = 'epoch', tries = 0
WHERE state = 'failed' AND next_try_at IS NOT NULL AND channel = ANY ($1)
