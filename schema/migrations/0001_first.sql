-- The whole schema of the first version. Run by gridd_owner inside one transaction, with search_path = gridd.
--
-- Ids are bigint from one sequence for all towns, so a case is found by its id alone. The indexes of lists begin with the
-- town, those of look-ups don't: on the empty tables of a first day the planner could not tell the two apart, and would keep
-- a plan that reads a whole town for each row. There are no foreign keys and no triggers: one statement writes
-- (statements/write_batch.sql), and the verify_*.sql statements check what a foreign key would have promised.
-- Codes, keys and names compare by bytes (COLLATE "C"): that is what their order in locks and indexes needs, no more.

GRANT USAGE ON SCHEMA gridd TO gridd_app;

-- What holds for the database as a whole: schema_version, min_binary, clock (real or test), test_now, hmac_key.
CREATE TABLE meta (
	key text COLLATE "C" PRIMARY KEY,
	value text NOT NULL
);
GRANT SELECT ON meta TO gridd_app;
INSERT INTO meta VALUES ('min_binary', '1');

-- Microseconds since 1970, the way C holds an instant; NULL where there is none or it is infinite.
CREATE FUNCTION at_us(t timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN isfinite(t) THEN (extract(epoch FROM t) * 1000000)::bigint END;

CREATE FUNCTION at_time(us bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN timestamptz '1970-01-01 00:00:00+00' + us * interval '1 microsecond';

-- The test clock is one row that all daemons read. gridd_app may move it, forward only, and only where it exists.
CREATE FUNCTION test_clock_advance(to_us bigint) RETURNS bigint LANGUAGE sql SECURITY DEFINER
SET search_path = gridd, pg_catalog AS $$
	UPDATE meta SET value = greatest(value::bigint, to_us)::text WHERE key = 'test_now' RETURNING value::bigint
$$;

-- ---- Towns, and the packs that rule them ----

CREATE TABLE town (
	code text COLLATE "C" PRIMARY KEY CHECK (length(code) BETWEEN 1 AND 16),
	zh text NOT NULL,
	active_version integer NOT NULL DEFAULT 0              -- of its pack; 0: none yet
);
-- The counter of a town's feed, and the hash of its newest event. One row a town, locked last and shortest.
CREATE TABLE town_feed (
	town text COLLATE "C" PRIMARY KEY,
	seq bigint NOT NULL DEFAULT 0,
	hash bytea NOT NULL DEFAULT '\x0000000000000000000000000000000000000000000000000000000000000000'
) WITH (fillfactor = 10);
CREATE TABLE pack (
	town text COLLATE "C",
	version integer,
	sha256 bytea NOT NULL,
	stored_at timestamptz NOT NULL,
	actor text NOT NULL,
	PRIMARY KEY (town, version),
	UNIQUE (town, sha256)
);
CREATE TABLE pack_file (
	town text COLLATE "C",
	version integer,
	name text COLLATE "C",
	body text NOT NULL,
	PRIMARY KEY (town, version, name)
);
GRANT SELECT, INSERT, UPDATE ON town, town_feed TO gridd_app;
GRANT SELECT, INSERT ON pack, pack_file TO gridd_app;

-- ---- Cases ----

CREATE SEQUENCE case_id AS bigint CACHE 32;
GRANT USAGE ON SEQUENCE case_id TO gridd_app;

-- The aggregate. Columns are what lists filter and sort by; the whole is `agg`, with its format number in `agg.v`. It is
-- JSON kept as text: its bytes stay what the fold of the events gives, and storing it costs a third less of a case's time than
-- as jsonb. db.verify reads every one of them.
-- Room is left in each page because a firing rewrites version, escalation_level and agg, which no index and no predicate
-- names: the new row then stays in its page and touches no index.
CREATE TABLE case_file (
	town text COLLATE "C" NOT NULL,
	id bigint PRIMARY KEY,
	number text COLLATE "C" NOT NULL,
	state text COLLATE "C" NOT NULL CHECK (state IN
		('triage', 'dispatched', 'handling', 'finished', 'suspended', 'closed', 'rejected', 'merged')),
	version integer NOT NULL,
	class text COLLATE "C",
	unit text COLLATE "C",                                  -- who holds it now
	estate text COLLATE "C",
	grid text COLLATE "C",
	channel text COLLATE "C",
	tags text[],
	due_at timestamptz,                                     -- of the present holder's clock; NULL while it is paused or over
	overall_due_at timestamptz,
	escalation_level integer NOT NULL,
	returns integer NOT NULL,
	received_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,                        -- the last act of a person or program, not of time
	closed_at timestamptz,
	agg text NOT NULL
) WITH (fillfactor = 80);
ALTER TABLE case_file ALTER COLUMN agg SET COMPRESSION lz4;
CREATE INDEX case_file_due ON case_file (town, coalesce(due_at, 'infinity'), id);
CREATE INDEX case_file_unit ON case_file (town, unit, coalesce(due_at, 'infinity'), id);
CREATE INDEX case_file_class ON case_file (town, class, coalesce(due_at, 'infinity'), id);
CREATE INDEX case_file_estate ON case_file (town, estate, coalesce(due_at, 'infinity'), id) WHERE estate IS NOT NULL;
CREATE INDEX case_file_received ON case_file (town, received_at, id);
CREATE INDEX case_file_updated ON case_file (town, updated_at, id);
GRANT SELECT, INSERT, UPDATE ON case_file TO gridd_app;

-- What can be erased: the only table with a reporter, a free text, an address or a link. Equal addresses and phones are found
-- by keyed hashes, near places by a 50 m grid; the salt makes the hash that the event keeps worthless once this row is gone.
CREATE TABLE case_private (
	town text COLLATE "C" NOT NULL,
	case_id bigint PRIMARY KEY,
	class_group text COLLATE "C",                           -- NULL: never similar to another
	received_at timestamptz NOT NULL,
	address_hash bigint,
	phone_hash bigint,
	cell bigint,
	east_m double precision,
	north_m double precision,
	similar_cases text NOT NULL,                            -- numbers found at receipt, a JSON array
	salt bytea NOT NULL,
	text text,
	address text,
	place_x double precision,
	place_y double precision,
	place_crs text,
	reporter_name text,
	reporter_phone text,
	reporter_confidential boolean NOT NULL,
	attachments text,                                       -- JSON, see daemon/store/case_json.c; NULL: none
	attrs text
);
CREATE INDEX case_private_address ON case_private (address_hash, received_at) WHERE address_hash IS NOT NULL;
CREATE INDEX case_private_cell ON case_private (cell, received_at) WHERE cell IS NOT NULL;
GRANT SELECT, INSERT, UPDATE ON case_private TO gridd_app;

-- The text of a note, beside the event that holds its salted hash.
CREATE TABLE note_private (
	town text COLLATE "C" NOT NULL,
	case_id bigint,
	version integer,
	salt bytea NOT NULL,
	text text,
	PRIMARY KEY (case_id, version)
);
GRANT SELECT, INSERT, UPDATE ON note_private TO gridd_app;

-- One stay of a case with one unit.
CREATE TABLE task (
	town text COLLATE "C" NOT NULL,
	case_id bigint,
	n integer,
	unit text COLLATE "C" NOT NULL,
	kind text COLLATE "C" NOT NULL,
	state text COLLATE "C" NOT NULL,
	given_at timestamptz NOT NULL,
	accepted_at timestamptz,
	arrived_at timestamptz,
	ended_at timestamptz,
	result text COLLATE "C",
	reason text COLLATE "C",
	PRIMARY KEY (case_id, n)
);
GRANT SELECT, INSERT, UPDATE ON task TO gridd_app;

-- When a case fires next by time alone. One row for each case; infinity when nothing is left to fire.
CREATE TABLE timer (
	town text COLLATE "C" NOT NULL,
	case_id bigint PRIMARY KEY,
	fire_at timestamptz NOT NULL,
	failures integer NOT NULL DEFAULT 0
) WITH (fillfactor = 90);
CREATE INDEX timer_fire ON timer (fire_at) WHERE fire_at < 'infinity';
GRANT SELECT, INSERT, UPDATE ON timer TO gridd_app;

-- Facts, append-only. `body` is text because its exact bytes are hashed.
CREATE TABLE case_event (
	town text COLLATE "C",
	seq bigint,
	case_id bigint NOT NULL,
	version integer NOT NULL,
	at timestamptz NOT NULL,
	recorded_at timestamptz NOT NULL,
	actor text NOT NULL,
	body text NOT NULL,
	body_sha256 bytea NOT NULL,
	hash bytea NOT NULL,
	PRIMARY KEY (town, seq),
	UNIQUE (case_id, version)
);
ALTER TABLE case_event ALTER COLUMN body SET COMPRESSION lz4;
GRANT SELECT, INSERT (town, seq, case_id, version, at, recorded_at, actor, body, body_sha256, hash) ON case_event TO gridd_app;

-- The 76 bytes of an event that are hashed behind the 32 of the hash before it: 16 of the town's code, ASCII, filled up with
-- spaces; 8 seq; 8 case_id; 4 version; 8 at, microseconds since 2000-01-01 UTC; 32 body_sha256. Numbers big-endian, signed.
CREATE FUNCTION event_frame(town text, seq bigint, case_id bigint, version integer, at timestamptz, body_sha256 bytea)
RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN convert_to(rpad(town, 16), 'UTF8') || int8send(seq) || int8send(case_id) || int4send(version)
	|| timestamptz_send(at) || body_sha256;

CREATE FUNCTION event_chain_step(previous bytea, seed bytea, frame bytea) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN sha256(coalesce(previous, seed) || frame);

-- Over a window in feed order: the hash of each event, the first one chained to `seed`.
CREATE AGGREGATE event_chain(seed bytea, frame bytea) (SFUNC = event_chain_step, STYPE = bytea);

-- ---- Calls ----

-- One row for each writing call that gave a key, or came with an outside number.
CREATE TABLE call_key (
	town text COLLATE "C",
	principal text COLLATE "C",
	key text COLLATE "C",
	case_id bigint NOT NULL,
	version integer NOT NULL,
	seen integer NOT NULL DEFAULT 1,
	body_sha256 bytea NOT NULL,
	reply text NOT NULL,
	PRIMARY KEY (town, principal, key)
) WITH (fillfactor = 90);
-- Outside numbers, unique in a town whoever sends them. principal and key: of the call that brought it.
CREATE TABLE outside_ref (
	town text COLLATE "C",
	channel text COLLATE "C",
	ref text COLLATE "C",
	case_id bigint NOT NULL,
	seen integer NOT NULL DEFAULT 1,
	body_sha256 bytea NOT NULL,
	principal text COLLATE "C",
	key text COLLATE "C",
	PRIMARY KEY (town, channel, ref)
) WITH (fillfactor = 90);
GRANT SELECT, INSERT ON call_key, outside_ref TO gridd_app;
GRANT UPDATE (seen) ON call_key, outside_ref TO gridd_app;

-- What a call was answered. VOLATILE, so that it reads with a snapshot of its own: the call it asks for may have committed
-- after the asking statement began.
CREATE FUNCTION call_answer(p_town text, p_principal text, p_key text)
RETURNS TABLE (number text, seq bigint, reply text, similar_cases text) LANGUAGE sql VOLATILE STRICT ROWS 1 AS $$
	SELECT f.number, e.seq, k.reply, coalesce(p.similar_cases, '[]')
	FROM gridd.call_key k
	JOIN gridd.case_file f ON f.id = k.case_id
	JOIN gridd.case_event e ON e.case_id = k.case_id AND e.version = k.version
	LEFT JOIN gridd.case_private p ON k.version = 1 AND p.case_id = k.case_id
	WHERE k.town = p_town AND k.principal = p_principal AND k.key = p_key
$$;

-- Two calls met in a way that only a new snapshot can sort out.
CREATE FUNCTION ask_again(why text) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
BEGIN
	RAISE EXCEPTION '%', why USING ERRCODE = '40001';
END
$$;

-- ---- Beside the case: supervision orders, the outbox, scheduled jobs ----

CREATE TABLE supervision (
	town text COLLATE "C",
	id bigint,
	case_id bigint NOT NULL,
	unit text COLLATE "C" NOT NULL,
	kind text COLLATE "C" NOT NULL,
	state text COLLATE "C" NOT NULL,
	opened_at timestamptz NOT NULL,
	due_at timestamptz,
	ended_at timestamptz,
	agg jsonb NOT NULL,
	PRIMARY KEY (town, id)
);
CREATE INDEX supervision_case ON supervision (town, case_id);
CREATE TABLE notice (
	town text COLLATE "C",
	id bigint,
	seq bigint NOT NULL,                                    -- the event it tells of
	case_id bigint,
	recipient text COLLATE "C" NOT NULL,
	kind text COLLATE "C" NOT NULL,
	made_at timestamptz NOT NULL,
	agg jsonb NOT NULL,
	PRIMARY KEY (town, id)
);
CREATE TABLE delivery (
	town text COLLATE "C",
	notice_id bigint,
	channel text COLLATE "C",
	state text COLLATE "C" NOT NULL,
	tries integer NOT NULL DEFAULT 0,
	next_try_at timestamptz NOT NULL,
	delivered_at timestamptz,
	failure text,
	PRIMARY KEY (town, notice_id, channel)
) WITH (fillfactor = 80);
CREATE INDEX delivery_due ON delivery (next_try_at) WHERE delivered_at IS NULL;
CREATE TABLE occurrence (
	town text COLLATE "C",
	job text COLLATE "C",
	day date,
	state text COLLATE "C" NOT NULL,
	planned_at timestamptz NOT NULL,
	reason text,
	plan jsonb,
	PRIMARY KEY (town, job, day)
);
CREATE TABLE lease (
	job text COLLATE "C" PRIMARY KEY,
	holder text NOT NULL,
	until timestamptz NOT NULL
) WITH (fillfactor = 10);
GRANT SELECT, INSERT, UPDATE ON supervision, notice, delivery, occurrence, lease TO gridd_app;
