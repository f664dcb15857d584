-- Stores new cases that bring no supervision orders, in less time for each than write_batch.sql takes. It expects that their keys
-- and outside numbers are free. If one isn't, the unique index says so (23505), nothing is stored, and the writer sends the same
-- rows by write_batch.sql, which finds out what became of each. Both give the same rows back, and store the same.
--
-- $1 when it is recorded; $2 the rows; $3 their tasks and $4 notices, each by its row's ord. A row's group_ord is its place among
-- the rows of its town, from 1. Locks are taken in the order of write_batch.sql: outside numbers, keys, and last the towns'
-- counters. What it costs is the nodes of its plan, however few rows there are: so it checks nothing and joins little.
WITH input AS MATERIALIZED (
	SELECT i.*, i.day || '-' || lpad(i.id::text, greatest(7, length(i.id::text)), '0') AS number
	FROM (
		SELECT u.*, nextval('case_id') AS id
		FROM unnest($2::write_row[]) WITH ORDINALITY AS u (town, principal, key, call_sha256, ref_channel, ref, old_id,
			expect_version, group_ord, day, reply, at, actor, body, body_sha256,
			state, version, class, unit, estate, grid, channel, submitter, tags,
			due_at, overall_due_at, escalation_level, returns, received_at, updated_at,
			closed_at, agg, fire_at, text, address, place_x, place_y,
			place_crs, reporter_name, reporter_phone, reporter_confidential, attachments, attrs, salt,
			set_address, set_place, set_attrs, class_group,
			address_hash, phone_hash, cell, east_m, north_m, twins, ord)
	) i
),
brought AS (
	INSERT INTO outside_ref (town, channel, ref, case_id, body_sha256, principal, key)
	SELECT town, ref_channel, ref, id, call_sha256, principal, key FROM input WHERE ref IS NOT NULL
	ORDER BY town, ref_channel, ref
	RETURNING 1
),
-- Each step waits for the one before it: the counts are that order.
claimed AS (
	INSERT INTO call_key (town, principal, key, case_id, version, body_sha256, reply)
	SELECT town, principal, key, id, version, call_sha256, reply FROM input
	WHERE key IS NOT NULL AND (SELECT count(*) FROM brought) >= 0
	ORDER BY town, principal, key
	RETURNING 1
),
opened AS (
	INSERT INTO case_file (town, id, number, state, version, class, unit, estate, grid, channel, submitter, tags,
		due_at, overall_due_at, escalation_level, returns, received_at, updated_at, closed_at, agg)
	SELECT town, id, number, state, version, class, unit, estate, grid, channel, submitter, tags::text[],
		due_at, overall_due_at, escalation_level, returns, received_at, updated_at, closed_at, agg
	FROM input WHERE (SELECT count(*) FROM claimed) >= 0
	RETURNING 1
),
-- The look for similar cases is that of write_batch.sql.
hidden AS (
	INSERT INTO case_private (town, case_id, class_group, received_at, address_hash, phone_hash, cell, east_m, north_m,
		salt, text, address, place_x, place_y, place_crs, reporter_name, reporter_phone,
		reporter_confidential, attachments, attrs, similar_cases)
	SELECT s.town, s.id, s.class_group, s.received_at, s.address_hash, s.phone_hash, s.cell, s.east_m, s.north_m,
		s.salt, s.text, s.address, s.place_x, s.place_y, s.place_crs, s.reporter_name, s.reporter_phone,
		s.reporter_confidential, s.attachments, s.attrs,
		CASE WHEN s.class_group IS NULL OR (s.address_hash IS NULL AND s.cell IS NULL) THEN '[]' ELSE (
			SELECT coalesce('["' || string_agg(a.number, '","' ORDER BY a.case_id DESC) || '"]', '[]')
			FROM (
				SELECT n.case_id, coalesce(n.number, (SELECT f.number FROM case_file f WHERE f.id = n.case_id)) AS number
				FROM (
					SELECT p.case_id, NULL AS number FROM case_private p
					WHERE p.address_hash = s.address_hash AND p.town = s.town AND p.class_group = s.class_group
						AND p.received_at BETWEEN s.received_at - interval '24 hours' AND s.received_at
					UNION
					SELECT p.case_id, NULL FROM (VALUES (-16777216), (0), (16777216)) AS band (step)
					CROSS JOIN LATERAL (
						SELECT case_id, east_m, north_m FROM case_private q
						WHERE q.cell BETWEEN s.cell + band.step - 1 AND s.cell + band.step + 1
							AND q.town = s.town AND q.class_group = s.class_group
							AND q.received_at BETWEEN s.received_at - interval '24 hours' AND s.received_at
						OFFSET 0
					) p
					WHERE (p.east_m - s.east_m) ^ 2 + (p.north_m - s.north_m) ^ 2 <= 2500
					UNION
					SELECT e.id, e.number FROM input e WHERE s.twins IS NOT NULL AND e.ord = ANY (s.twins::bigint[])
				) n
				ORDER BY n.case_id DESC LIMIT 10
			) a
		) END
	FROM input s
	RETURNING case_id, similar_cases
),
stays AS (
	INSERT INTO task (town, case_id, n, unit, kind, state, given_at, accepted_at, arrived_at, ended_at, result, reason)
	SELECT s.town, s.id, w.n, w.unit, w.kind, w.state, w.given_at, w.accepted_at, w.arrived_at, w.ended_at, w.result, w.reason
	FROM unnest($3::write_task[])
		AS w (ord, n, unit, kind, state, given_at, accepted_at, arrived_at, ended_at, result, reason)
	JOIN input s ON s.ord = w.ord
	RETURNING 1
),
timers AS (
	INSERT INTO timer (town, case_id, fire_at)
	SELECT town, id, coalesce(fire_at, 'infinity') FROM input
	RETURNING 1
),
-- A town without a counter has no seq, and an event without one is refused.
feed AS MATERIALIZED (
	SELECT t.town, f.seq, f.hash
	FROM (
		SELECT town FROM input
		WHERE group_ord = 1 AND (SELECT count(*) FROM opened) + (SELECT count(*) FROM hidden)
			+ (SELECT count(*) FROM stays) + (SELECT count(*) FROM timers) >= 0
		ORDER BY town
	) t
	LEFT JOIN LATERAL (SELECT seq, hash FROM town_feed WHERE town = t.town FOR UPDATE) f ON true
),
chained AS MATERIALIZED (
	SELECT i.ord, i.town, i.id, i.number, i.version, i.at, i.actor, i.body, i.body_sha256, f.seq + i.group_ord AS seq,
		event_chain(f.hash, event_frame(i.town, f.seq + i.group_ord, i.id, i.version, i.at, i.body_sha256))
			OVER (PARTITION BY i.town ORDER BY i.ord) AS hash
	FROM input i JOIN feed f ON f.town = i.town
),
events AS (
	INSERT INTO case_event (town, seq, case_id, version, at, recorded_at, actor, body, body_sha256, hash)
	SELECT town, seq, id, version, at, $1, actor, body, body_sha256, hash FROM chained
	RETURNING 1
),
-- A notice is named by its event's number.
outbox AS MATERIALIZED (
	SELECT c.town, c.seq, c.id, w.n, w.unit, w.kind, w.channel, w.agg, w.receiver
	FROM unnest($4::write_notice[])
		AS w (ord, n, unit, kind, channel, agg, receiver)
	JOIN chained c ON c.ord = w.ord
),
notices AS (
	INSERT INTO notice (town, seq, n, case_id, unit, kind, made_at, agg)
	SELECT town, seq, n, id, unit, kind, $1, agg FROM outbox
	RETURNING 1
),
deliveries AS (
	INSERT INTO delivery (town, seq, n, channel, receiver, kind, urgent, state, queued_at, next_try_at)
	SELECT town, seq, n, channel, coalesce(receiver, ''), kind, kind = 'task' OR agg LIKE '%"acknowledge":true%',
		CASE WHEN channel IS NULL THEN 'nobody' ELSE 'waiting' END,
		(SELECT server_now()), CASE WHEN channel IS NOT NULL THEN (SELECT server_now()) END
	FROM outbox
	RETURNING 1
),
counters AS (
	UPDATE town_feed f SET seq = c.seq, hash = c.hash
	FROM (SELECT DISTINCT ON (town) town, seq, hash FROM chained ORDER BY town, seq DESC) c
	WHERE f.town = c.town
	RETURNING 1
)
SELECT c.ord, 'stored' AS outcome, c.number, c.seq, NULL AS reply, h.similar_cases
FROM chained c JOIN hidden h ON h.case_id = c.id
ORDER BY c.ord
