-- Pauses channel $2 of town $1, by actor $3. Gives since when, by whom, and how many notices wait.
WITH paused AS (
	INSERT INTO channel_pause AS c (town, channel, paused_at, actor) VALUES ($1, $2, server_now(), $3)
	ON CONFLICT (town, channel) DO UPDATE SET actor = c.actor
	RETURNING c.paused_at, c.actor
)
SELECT at_us(paused_at), actor,
	(SELECT count(*) FROM delivery WHERE town = $1 AND channel = $2 AND head_seq IS NULL AND state IN ('waiting', 'failed'))
FROM paused
