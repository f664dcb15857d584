-- The channels of town $1 that are paused.
SELECT channel, at_us(paused_at), actor FROM channel_pause WHERE town = $1 ORDER BY channel
