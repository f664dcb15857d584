-- What is told by the clock on the wall: the nightly digest, the month; and how telling goes: per receiver, bundled, paused.

-- An older gridd would not know notices that have no case.
UPDATE meta SET value = '4' WHERE key = 'min_binary';

-- The table of 0001 that nothing has ever written, in the shape that it is written in: one due run of one scheduled job. `plan` is
-- everything that is told of it, as JSON text (daemon/reports): figures and rows, never changed once they are there, so that the
-- same bytes can be made of them again. Skipped: nothing was told of that day, and why.
DROP TABLE occurrence;
CREATE TABLE occurrence (
	town text COLLATE "C",
	job text COLLATE "C" CHECK (job IN ('nightly', 'monthly')),
	day date,                                               -- whose night it is; the first of the month
	id bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
	state text COLLATE "C" NOT NULL CHECK (state IN ('planned', 'skipped')),
	mark text COLLATE "C" CHECK (mark IN ('on_time', 'late', 'reckoned')),
	as_of timestamptz NOT NULL,                             -- the instant that the figures are of
	planned_at timestamptz NOT NULL,
	reason text COLLATE "C",                                -- of a skipped one
	format integer,                                         -- of the plan
	plan text,
	PRIMARY KEY (town, job, day),
	CHECK ((state = 'planned') = (plan IS NOT NULL AND format IS NOT NULL AND mark IS NOT NULL))
);
ALTER TABLE occurrence ALTER COLUMN plan SET COMPRESSION lz4;
GRANT SELECT, INSERT, UPDATE ON occurrence TO gridd_app;

-- A notice of an occurrence has no event: its `seq` is the occurrence's id, negative; that of a trial of a channel is drawn from the
-- same numbers. They are named "R<id>-<n>".
ALTER TABLE notice ALTER COLUMN case_id DROP NOT NULL;
ALTER TABLE notice ADD CHECK ((seq > 0) = (case_id IS NOT NULL));
GRANT USAGE ON SEQUENCE occurrence_id_seq TO gridd_app;

-- Who gets it (the contact's `to`), and of what kind: what is told to one receiver is told one at a time, and bundled by kind. `head`:
-- the notice of the same town that it goes along with. Urgent: an emergency, or it wants to be acknowledged. While a worker has it
-- in hand it is leased; `leased_by` is the worker's connection.
ALTER TABLE delivery ADD COLUMN receiver text COLLATE "C";
ALTER TABLE delivery ADD COLUMN kind text COLLATE "C";
ALTER TABLE delivery ADD COLUMN urgent boolean NOT NULL DEFAULT false;
ALTER TABLE delivery ADD COLUMN queued_at timestamptz;
ALTER TABLE delivery ADD COLUMN head_seq bigint;
ALTER TABLE delivery ADD COLUMN head_n integer;
ALTER TABLE delivery ADD COLUMN is_told boolean NOT NULL DEFAULT false;    -- of a dead one: its case has the event that says so
ALTER TABLE delivery ADD COLUMN leased_until timestamptz;
ALTER TABLE delivery ADD COLUMN leased_by integer;
UPDATE delivery d SET receiver = coalesce(n.agg::json->>'to', ''), kind = n.kind, queued_at = n.made_at,
	urgent = n.kind = 'task' OR coalesce((n.agg::json->>'acknowledge')::boolean, false)
FROM notice n WHERE n.town = d.town AND n.seq = d.seq AND n.n = d.n;
ALTER TABLE delivery ALTER COLUMN kind SET NOT NULL;
ALTER TABLE delivery ALTER COLUMN queued_at SET NOT NULL;
ALTER TABLE delivery ADD CHECK (channel IS NULL OR receiver IS NOT NULL);
CREATE INDEX delivery_dead ON delivery (town, queued_at) WHERE state = 'dead';
CREATE INDEX delivery_untold ON delivery (queued_at) WHERE state = 'dead' AND seq > 0 AND NOT is_told;
-- What waits, by receiver: a worker steps from receiver to receiver, however much waits for each.
DROP INDEX delivery_due;
CREATE INDEX delivery_due ON delivery (town, channel, receiver, urgent DESC, next_try_at)
	WHERE state IN ('waiting', 'failed') AND head_seq IS NULL;
CREATE INDEX delivery_leased ON delivery (channel, town, receiver) WHERE leased_until IS NOT NULL;
CREATE INDEX delivery_along ON delivery (town, head_seq, head_n) WHERE head_seq IS NOT NULL AND state IN ('waiting', 'failed', 'dead');

-- Each try, and what came of it.
CREATE TABLE delivery_try (
	town text COLLATE "C",
	seq bigint,
	n integer,
	try integer,
	tried_at timestamptz NOT NULL,
	took_ms integer NOT NULL,
	ok boolean NOT NULL,
	failure text,
	PRIMARY KEY (town, seq, n, try)
);
GRANT SELECT, INSERT ON delivery_try TO gridd_app;

-- Channels that are paused: nothing goes out by them until they are resumed.
CREATE TABLE channel_pause (
	town text COLLATE "C",
	channel text COLLATE "C",
	paused_at timestamptz NOT NULL,
	actor text NOT NULL,
	PRIMARY KEY (town, channel)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON channel_pause TO gridd_app;

-- Suspended cases are counted each night among all the others; a partial index costs the others nothing.
CREATE INDEX case_file_suspended ON case_file (town, unit) WHERE state = 'suspended';

ALTER TYPE write_notice ADD ATTRIBUTE receiver text;

-- For db.verify: what isn't JSON breaks no statement.
CREATE FUNCTION json_or_null(t text) RETURNS json LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
	RETURN t::json;
EXCEPTION WHEN OTHERS THEN
	RETURN NULL;
END
$$;
