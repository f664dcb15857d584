-- Stores a batch of decided commands: all of them, or, of each that was overtaken, the reason why not. One row back for
-- each row that came in: ord, outcome, number, seq, reply (of the earlier call that answers; else NULL), similar.
--
-- Every step reads from the one before it, and takes its locks in one order everywhere: cases by id, outside numbers,
-- keys, and last, held shortest, the towns' counters. So two daemons that write the same things in opposite orders wait for
-- each other, never on each other. A batch holds a case, a key and an outside number at most once; the writer sees to it.
-- Rows with one group_ord are of one call, and are stored together or not at all; the first of them has the call's key.
-- A row with old_id 0 only asks what its key was answered.
--
-- $1 when it is recorded; $2 the rows; $3 their tasks, $4 supervision orders and $5 notices, each by its row's ord. `twins` are
-- the earlier rows of this batch that a new case is alike to. Of a stored case, `text`, `attachments` and `salt` are of its
-- note, and what was amended is named by set_address, set_place and set_attrs.
-- Plans must not depend on the size of tables, which are empty on the first day: rows that exist are looked for by correlated
-- subselects and LATERAL joins, which can only be index scans.
WITH input AS MATERIALIZED (
	SELECT i.*,
		CASE WHEN i.old_id IS NULL THEN i.day || '-' || lpad(i.id::text, greatest(7, length(i.id::text)), '0') END AS number
	FROM (
		SELECT u.*, coalesce(u.old_id, nextval('case_id')) AS id
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
locked AS MATERIALIZED (
	SELECT o.ord, f.version, f.number
	FROM (SELECT ord, old_id FROM input WHERE old_id IS NOT NULL ORDER BY old_id) o
	CROSS JOIN LATERAL (SELECT version, number FROM case_file WHERE id = o.old_id FOR UPDATE) f
),
call AS MATERIALIZED (
	SELECT i.ord, i.town, i.principal, i.key, i.call_sha256, i.ref_channel, i.ref, i.id, i.version, i.reply, i.old_id,
		i.group_ord,
		coalesce(i.number, l.number) AS number,
		bool_and(i.old_id IS NULL OR coalesce(l.version = i.expect_version, false)) OVER (PARTITION BY i.group_ord) AS ok,
		coalesce((SELECT true FROM call_key k WHERE k.town = i.town AND k.principal = i.principal AND k.key = i.key), false)
			AS known
	FROM input i LEFT JOIN locked l ON l.ord = i.ord
),
-- DO UPDATE, not DO NOTHING: a replay must write WAL, or it could be acknowledged before the first commit is on a standby.
brought AS (
	INSERT INTO outside_ref AS r (town, channel, ref, case_id, body_sha256, principal, key)
	SELECT town, ref_channel, ref, id, call_sha256, principal, key FROM call
	WHERE ref IS NOT NULL AND ok AND NOT known
	ORDER BY town, ref_channel, ref
	ON CONFLICT (town, channel, ref) DO UPDATE SET seen = r.seen + 1
	RETURNING r.town, r.channel, r.ref, r.case_id, r.body_sha256, r.principal, r.key, xmax = 0 AS fresh
),
refs AS MATERIALIZED (
	SELECT c.ord, b.fresh, b.case_id, b.body_sha256, b.principal, b.key
	FROM brought b JOIN call c ON c.ref = b.ref AND c.ref_channel = b.channel AND c.town = b.town
),
claimed AS (
	INSERT INTO call_key AS k (town, principal, key, case_id, version, body_sha256, reply)
	SELECT c.town, c.principal, c.key, c.id, c.version, c.call_sha256, c.reply
	FROM call c LEFT JOIN refs r ON r.ord = c.ord
	WHERE c.key IS NOT NULL AND (c.known OR (c.ok AND (c.ref IS NULL OR r.fresh)))
	ORDER BY c.town, c.principal, c.key
	ON CONFLICT (town, principal, key) DO UPDATE SET seen = k.seen + 1
	RETURNING k.town, k.principal, k.key, k.body_sha256, xmax = 0 AS fresh
),
-- What becomes of each row. by_principal and by_key name the earlier call that answers in its place, `holder` the case that has
-- the outside number.
fate AS MATERIALIZED (
	SELECT o.*, bool_and(o.outcome = 'stored') OVER (PARTITION BY o.group_ord) AS whole
	FROM (
		SELECT c.ord, c.group_ord, c.town, c.id, c.old_id, c.number,
			CASE
				WHEN k.fresh THEN 'stored'
				WHEN NOT k.fresh AND r.fresh THEN ask_again('a key was taken while its outside number was free')
				WHEN NOT k.fresh THEN CASE WHEN k.body_sha256 = c.call_sha256 THEN 'replayed' ELSE 'key_conflict' END
				WHEN NOT c.ok THEN 'version_conflict'
				WHEN NOT r.fresh THEN
					CASE WHEN c.old_id IS NULL AND r.body_sha256 = c.call_sha256 THEN 'replayed' ELSE 'key_conflict' END
				ELSE 'stored'
			END AS outcome,
			CASE WHEN NOT k.fresh THEN k.principal WHEN NOT r.fresh AND c.ok THEN r.principal END AS by_principal,
			CASE WHEN NOT k.fresh THEN k.key WHEN NOT r.fresh AND c.ok THEN r.key END AS by_key,
			CASE WHEN k.fresh IS NULL AND NOT r.fresh AND c.ok THEN r.case_id END AS holder
		FROM call c
		LEFT JOIN refs r ON r.ord = c.ord
		LEFT JOIN claimed k ON k.key = c.key AND k.principal = c.principal AND k.town = c.town
	) o
),
stored AS MATERIALIZED (
	SELECT i.* FROM input i JOIN fate f ON f.ord = i.ord WHERE f.whole
),
opened AS (
	INSERT INTO case_file (town, id, number, state, version, class, unit, estate, grid, channel, submitter, tags,
		due_at, overall_due_at, escalation_level, returns, received_at, updated_at, closed_at, agg)
	SELECT town, id, number, state, version, class, unit, estate, grid, channel, submitter, tags::text[],
		due_at, overall_due_at, escalation_level, returns, received_at, updated_at, closed_at, agg
	FROM stored WHERE old_id IS NULL
	RETURNING 1
),
changed AS (
	UPDATE case_file f
	SET state = s.state, version = s.version, class = s.class, unit = s.unit, estate = s.estate, grid = s.grid,
		tags = s.tags::text[], due_at = s.due_at, overall_due_at = s.overall_due_at,
		escalation_level = s.escalation_level, returns = s.returns, updated_at = coalesce(s.updated_at, f.updated_at),
		closed_at = s.closed_at, agg = s.agg
	FROM stored s
	WHERE f.id = s.old_id
	RETURNING 1
),
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
					SELECT e.id, e.number FROM stored e WHERE s.twins IS NOT NULL AND e.ord = ANY (s.twins::bigint[])
				) n
				ORDER BY n.case_id DESC LIMIT 10
			) a
		) END
	FROM stored s WHERE s.old_id IS NULL
	RETURNING case_id, similar_cases
),
noted AS (
	INSERT INTO note_private (town, case_id, version, salt, text, attachments)
	SELECT town, id, version, salt, text, attachments FROM stored WHERE old_id IS NOT NULL AND salt IS NOT NULL
	RETURNING 1
),
amended AS (
	UPDATE case_private p
	SET address = CASE WHEN s.set_address THEN s.address ELSE p.address END,
		address_hash = CASE WHEN s.set_address THEN s.address_hash ELSE p.address_hash END,
		place_x = CASE WHEN s.set_place THEN s.place_x ELSE p.place_x END,
		place_y = CASE WHEN s.set_place THEN s.place_y ELSE p.place_y END,
		place_crs = CASE WHEN s.set_place THEN s.place_crs ELSE p.place_crs END,
		cell = CASE WHEN s.set_place THEN s.cell ELSE p.cell END,
		east_m = CASE WHEN s.set_place THEN s.east_m ELSE p.east_m END,
		north_m = CASE WHEN s.set_place THEN s.north_m ELSE p.north_m END,
		attrs = CASE WHEN s.set_attrs THEN s.attrs ELSE p.attrs END
	FROM stored s
	WHERE p.case_id = s.old_id AND (s.set_address OR s.set_place OR s.set_attrs)
	RETURNING 1
),
stays AS (
	INSERT INTO task AS t (town, case_id, n, unit, kind, state, given_at, accepted_at, arrived_at, ended_at, result, reason)
	SELECT s.town, s.id, w.n, w.unit, w.kind, w.state, w.given_at, w.accepted_at, w.arrived_at, w.ended_at, w.result, w.reason
	FROM unnest($3::write_task[])
		AS w (ord, n, unit, kind, state, given_at, accepted_at, arrived_at, ended_at, result, reason)
	JOIN stored s ON s.ord = w.ord
	ON CONFLICT (case_id, n) DO UPDATE
	SET unit = excluded.unit, kind = excluded.kind, state = excluded.state, given_at = excluded.given_at,
		accepted_at = excluded.accepted_at, arrived_at = excluded.arrived_at, ended_at = excluded.ended_at,
		result = excluded.result, reason = excluded.reason
	RETURNING 1
),
orders AS (
	INSERT INTO supervision AS o (town, case_id, n, unit, issuer, kind, state, grounds, opened_at, due_at, replied_at,
		ended_at, consequence)
	SELECT s.town, s.id, w.n, w.unit, w.issuer, w.kind, w.state, w.grounds, w.opened_at, w.due_at, w.replied_at,
		w.ended_at, w.consequence
	FROM unnest($4::write_order[])
		AS w (ord, n, unit, issuer, kind, state, grounds, opened_at, due_at, replied_at, ended_at, consequence)
	JOIN stored s ON s.ord = w.ord
	ON CONFLICT (case_id, n) DO UPDATE
	SET unit = excluded.unit, state = excluded.state, due_at = excluded.due_at, replied_at = excluded.replied_at,
		ended_at = excluded.ended_at, consequence = excluded.consequence
	RETURNING 1
),
-- A timer that stays what it is isn't touched, nor locked.
timers AS (
	INSERT INTO timer AS t (town, case_id, fire_at)
	SELECT town, id, coalesce(fire_at, 'infinity') FROM stored s
	WHERE old_id IS NULL OR NOT coalesce((
		SELECT o.fire_at = coalesce(s.fire_at, 'infinity') AND o.failures = 0 FROM timer o WHERE o.case_id = s.old_id
	), false)
	ON CONFLICT (case_id) DO UPDATE SET fire_at = excluded.fire_at, failures = 0
	RETURNING 1
),
-- All rows are in before the counter is asked for: the counts are that order.
town_of AS MATERIALIZED (
	SELECT town, count(*) AS n FROM stored
	WHERE (SELECT count(*) FROM opened) + (SELECT count(*) FROM changed) + (SELECT count(*) FROM hidden)
		+ (SELECT count(*) FROM noted) + (SELECT count(*) FROM amended) + (SELECT count(*) FROM stays)
		+ (SELECT count(*) FROM orders) + (SELECT count(*) FROM timers) >= 0
	GROUP BY town
),
feed AS MATERIALIZED (
	SELECT t.town, t.n, f.seq, f.hash
	FROM (SELECT town, n FROM town_of ORDER BY town) t
	LEFT JOIN LATERAL (SELECT seq, hash FROM town_feed WHERE town = t.town FOR UPDATE) f ON true
),
-- Everything an event needs goes along: a join back to `stored` would be planned as a nested loop.
numbered AS MATERIALIZED (
	SELECT s.ord, s.town, s.id, s.version, s.at, s.actor, s.body, s.body_sha256, feed.hash AS seed,
		feed.seq + row_number() OVER in_order AS seq, row_number() OVER in_order = feed.n AS is_last
	FROM stored s JOIN feed ON feed.town = s.town
	WINDOW in_order AS (PARTITION BY s.town ORDER BY s.ord)
),
chained AS MATERIALIZED (
	SELECT n.*, event_chain(n.seed, event_frame(n.town, n.seq, n.id, n.version, n.at, n.body_sha256))
		OVER (PARTITION BY n.town ORDER BY n.seq) AS hash
	FROM numbered n
),
events AS (
	INSERT INTO case_event (town, seq, case_id, version, at, recorded_at, actor, body, body_sha256, hash)
	SELECT town, seq, id, version, at, $1, actor, body, body_sha256, hash FROM chained
	RETURNING 1
),
-- A notice is named by its event's number, so it can't be written before that is known.
outbox AS MATERIALIZED (
	SELECT c.town, c.seq, c.id, w.n, w.unit, w.kind, w.channel, w.agg, w.receiver
	FROM unnest($5::write_notice[])
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
	FROM chained c
	WHERE c.is_last AND f.town = c.town
	RETURNING 1
)
SELECT f.ord, f.outcome, coalesce(w.number, a.number, f.number) AS number, coalesce(a.seq, c.seq) AS seq,
	a.reply, coalesce(a.similar_cases, h.similar_cases, '[]') AS similar_cases
FROM fate f
LEFT JOIN chained c ON c.ord = f.ord
LEFT JOIN hidden h ON h.case_id = f.id
LEFT JOIN LATERAL call_answer(f.town, f.by_principal, f.by_key) a ON true
LEFT JOIN LATERAL case_number(f.holder) w ON true
ORDER BY f.ord
