-- The hash of every event follows from the one before it, and the counter's is the newest. A forged number, case, version,
-- time or body changes the hash; so does a swapped order.
WITH chained AS (
	SELECT town, seq, case_id, version, hash,
		event_chain_step(lag(hash, 1, decode(repeat('00', 32), 'hex')) OVER (PARTITION BY town ORDER BY seq), NULL,
			event_frame(town, seq, case_id, version, at, body_sha256)) AS expected
	FROM case_event
),
wrong AS (
	SELECT town, seq FROM chained WHERE hash <> expected
	UNION ALL
	SELECT f.town, f.seq FROM town_feed f JOIN case_event e ON e.town = f.town AND e.seq = f.seq WHERE e.hash <> f.hash
)
SELECT count(*) AS bad,
	(SELECT coalesce(json_agg('event ' || town || ' ' || seq), '[]')::text
		FROM (SELECT * FROM wrong ORDER BY town, seq LIMIT 5) x) AS examples
FROM wrong
