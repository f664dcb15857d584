-- The life of a case: who submitted it, supervision orders, the outbox, what is private about a later command.

-- An older gridd would store cases without their submitter, and can't read what a newer one stores.
UPDATE meta SET value = '2' WHERE key = 'min_binary';

-- What leases and tries of delivery are timed by: the server's own clock, also where cases live by a test clock. STABLE, so that
-- an index can be asked for what is due.
CREATE FUNCTION server_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE RETURN statement_timestamp();

-- The principal who submitted it: what a platform may see. Not indexed: nearly every case of a town comes through one
-- platform, so a list that is filtered by it finds its page in any other order just as soon. 0003 fills in the older ones.
ALTER TABLE case_file ADD COLUMN submitter text COLLATE "C";

-- Cases that came together fire together: each row of a page must find room for a second version of itself in that page, or
-- all indexes have to be told of it. (HOT was 34 % at a fillfactor of 80.)
ALTER TABLE case_file SET (fillfactor = 45);

-- Links that came with a later command, beside its note; and the salt of both, and of what was amended, for the event's hashes.
ALTER TABLE note_private ADD COLUMN attachments text;

-- A stay is written several times in its life: room for the new row beside the old one. And by unit: a unit's cases are those
-- where it has, or had, a task; without an index its list would look at every case of the town.
ALTER TABLE task SET (fillfactor = 80);
CREATE INDEX task_unit ON task (unit, case_id);

-- The tables of 0001 that nothing has ever written, in the shape that they are written in.
DROP TABLE supervision, notice, delivery;

-- 督办单: the orders in the aggregates, as rows, for lists.
CREATE TABLE supervision (
	town text COLLATE "C" NOT NULL,
	case_id bigint,
	n integer,
	unit text COLLATE "C" NOT NULL,                         -- whom it orders
	issuer text NOT NULL,
	kind text COLLATE "C" NOT NULL,
	state text COLLATE "C" NOT NULL,
	grounds text,
	opened_at timestamptz NOT NULL,
	due_at timestamptz,
	replied_at timestamptz,
	ended_at timestamptz,
	consequence text COLLATE "C",
	PRIMARY KEY (case_id, n)
) WITH (fillfactor = 80);
CREATE INDEX supervision_state ON supervision (town, state, opened_at);
CREATE INDEX supervision_unit ON supervision (town, unit, opened_at);
GRANT SELECT, INSERT, UPDATE ON supervision TO gridd_app;

-- The outbox: who is told of an event. Written with it, never changed.
CREATE TABLE notice (
	town text COLLATE "C",
	seq bigint,
	n integer,
	case_id bigint NOT NULL,
	unit text COLLATE "C" NOT NULL,                         -- who is told
	kind text COLLATE "C" NOT NULL,
	made_at timestamptz NOT NULL,
	agg text NOT NULL,                                      -- the whole of it as JSON, see daemon/store/case_json.c
	PRIMARY KEY (town, seq, n)
);
ALTER TABLE notice ALTER COLUMN agg SET COMPRESSION lz4;
CREATE INDEX notice_unit ON notice (town, unit, seq);
CREATE INDEX notice_case ON notice (case_id);
GRANT SELECT, INSERT ON notice TO gridd_app;

-- What became of telling it. Tries are timed by the server's own clock, also where cases live by a test clock.
CREATE TABLE delivery (
	town text COLLATE "C",
	seq bigint,
	n integer,
	channel text COLLATE "C",                               -- NULL: nobody was on duty
	state text COLLATE "C" NOT NULL CHECK (state IN ('waiting', 'delivered', 'failed', 'dead', 'nobody')),
	tries integer NOT NULL DEFAULT 0,
	next_try_at timestamptz,
	delivered_at timestamptz,
	failure text,
	PRIMARY KEY (town, seq, n)
) WITH (fillfactor = 70);
CREATE INDEX delivery_due ON delivery (next_try_at) WHERE state IN ('waiting', 'failed');
GRANT SELECT, INSERT, UPDATE ON delivery TO gridd_app;

-- Is the case among those that a principal may see? (daemon/store/scope.h)
CREATE FUNCTION case_in_scope(p_case bigint, p_all boolean, p_submitter text, p_units text[]) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN p_all
	OR EXISTS (SELECT FROM case_file WHERE id = p_case AND (submitter = p_submitter OR unit = ANY (p_units)))
	OR EXISTS (SELECT FROM task WHERE case_id = p_case AND unit = ANY (p_units))
	OR EXISTS (SELECT FROM supervision WHERE case_id = p_case AND unit = ANY (p_units));

-- VOLATILE for the same reason as call_answer: who holds an outside number may have committed after the statement began.
CREATE FUNCTION case_number(p_case bigint) RETURNS TABLE (number text) LANGUAGE sql VOLATILE STRICT ROWS 1 AS $$
	SELECT number FROM gridd.case_file WHERE id = p_case
$$;

-- The parameters of statements/write_batch.sql: one array of records each, in the order of the writer's columns
-- (daemon/store/batch_rows.c). An array for each column would cost the server seven times as much to take apart.
CREATE TYPE write_row AS (
	town text, principal text, key text, call_sha256 bytea, ref_channel text, ref text, old_id bigint,
	expect_version integer, group_ord integer, day text, reply text, at timestamptz, actor text, body text,
	body_sha256 bytea, state text, version integer, class text, unit text, estate text, grid text, channel text,
	submitter text, tags text, due_at timestamptz, overall_due_at timestamptz, escalation_level integer, returns integer,
	received_at timestamptz, updated_at timestamptz, closed_at timestamptz, agg text, fire_at timestamptz, text text,
	address text, place_x float8, place_y float8, place_crs text, reporter_name text, reporter_phone text,
	reporter_confidential boolean, attachments text, attrs text, salt bytea, set_address boolean, set_place boolean,
	set_attrs boolean, class_group text, address_hash bigint, phone_hash bigint, cell bigint, east_m float8,
	north_m float8, twins text
);
CREATE TYPE write_task AS (
	ord bigint, n integer, unit text, kind text, state text, given_at timestamptz, accepted_at timestamptz,
	arrived_at timestamptz, ended_at timestamptz, result text, reason text
);
CREATE TYPE write_order AS (
	ord bigint, n integer, unit text, issuer text, kind text, state text, grounds text, opened_at timestamptz,
	due_at timestamptz, replied_at timestamptz, ended_at timestamptz, consequence text
);
CREATE TYPE write_notice AS (
	ord bigint, n integer, unit text, kind text, channel text, agg text
);
