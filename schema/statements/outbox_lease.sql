-- Takes up to $1 notices for a try each, and counts the try: of each receiver the most urgent, or the one that has waited longest;
-- of no receiver two at a time, by no channel more than $3. For $2 seconds nobody else takes them, whatever becomes of whoever did.
-- $4, $5, $6 are the towns, channels and receivers that are to be left alone.
--
-- Steps over the index from receiver to receiver: what it costs depends on how many there are, not on how much waits for each.
WITH RECURSIVE lane AS (
	(SELECT town, channel, receiver FROM delivery
	WHERE state IN ('waiting', 'failed') AND head_seq IS NULL
	ORDER BY town, channel, receiver LIMIT 1)
	UNION ALL
	SELECT n.town, n.channel, n.receiver
	FROM lane l CROSS JOIN LATERAL (
		SELECT town, channel, receiver FROM delivery
		WHERE state IN ('waiting', 'failed') AND head_seq IS NULL
			AND (town, channel, receiver) > (l.town, l.channel, l.receiver)
		ORDER BY town, channel, receiver LIMIT 1
	) n
), leased AS MATERIALIZED (
	SELECT DISTINCT town, channel, receiver FROM delivery
	WHERE leased_until IS NOT NULL AND leased_until > server_now()
), busy AS MATERIALIZED (
	SELECT town, channel, receiver FROM leased
	UNION
	SELECT town, channel, receiver FROM unnest($4::text[], $5::text[], $6::text[]) AS b (town, channel, receiver)
), next AS (
	SELECT d.*, row_number() OVER (PARTITION BY d.channel ORDER BY d.urgent DESC, d.next_try_at) AS nth
	FROM lane l CROSS JOIN LATERAL (
		SELECT town, seq, n, channel, urgent, next_try_at FROM delivery
		WHERE state IN ('waiting', 'failed') AND head_seq IS NULL
			AND town = l.town AND channel = l.channel AND receiver = l.receiver
			AND next_try_at <= server_now()
		ORDER BY urgent DESC, next_try_at LIMIT 1
	) d
	WHERE NOT EXISTS (SELECT FROM busy b WHERE b.town = l.town AND b.channel = l.channel AND b.receiver = l.receiver)
		AND NOT EXISTS (SELECT FROM channel_pause p WHERE p.town = l.town AND p.channel = l.channel)
), chosen AS (
	SELECT town, seq, n FROM next
	WHERE nth <= $3 - (SELECT count(*) FROM leased b WHERE b.channel = next.channel)
	ORDER BY urgent DESC, next_try_at LIMIT $1
), free AS MATERIALIZED (
	SELECT d.town, d.seq, d.n
	FROM chosen c CROSS JOIN LATERAL (
		SELECT town, seq, n FROM delivery
		WHERE town = c.town AND seq = c.seq AND n = c.n AND state IN ('waiting', 'failed')
			AND (leased_until IS NULL OR leased_until <= server_now())
		FOR UPDATE SKIP LOCKED
	) d
), taken AS (
	UPDATE delivery d
	SET tries = d.tries + 1, leased_until = server_now() + make_interval(secs => $2::integer), leased_by = pg_backend_pid()
	FROM free f
	WHERE d.town = f.town AND d.seq = f.seq AND d.n = f.n
	RETURNING d.*
)
SELECT d.town, d.seq, d.n, d.channel, d.receiver, d.urgent, d.tries, at_us(d.queued_at), at_us(server_now()), n.unit, d.kind
FROM taken d
CROSS JOIN LATERAL (SELECT unit FROM notice WHERE town = d.town AND seq = d.seq AND n = d.n) n
ORDER BY d.urgent DESC, d.next_try_at
