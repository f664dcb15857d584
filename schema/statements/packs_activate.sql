-- Stores a pack, or finds the version that has its hash, and makes it the town's, if `expect` is still the active one.
-- $1 town, $2 its name, $3 sha256, $4 expect (0: none), $5 actor, $6 when, $7 names and $8 texts of the files.
-- One row: version (the one that is active now), activated. Whoever waited here for another activation finds `expect` gone.
WITH known AS MATERIALIZED (
	SELECT version FROM pack WHERE town = $1 AND sha256 = $3
),
candidate AS MATERIALIZED (
	SELECT coalesce((SELECT version FROM known), 1 + coalesce((SELECT max(version) FROM pack WHERE town = $1), 0)) AS version
),
activated AS (
	INSERT INTO town AS t (code, zh, active_version)
	SELECT $1, $2, version FROM candidate WHERE $4 = 0 OR EXISTS (SELECT FROM town WHERE code = $1)
	ON CONFLICT (code) DO UPDATE SET zh = excluded.zh, active_version = excluded.active_version
	WHERE t.active_version = $4
	RETURNING t.code, t.active_version AS version
),
feed AS (
	INSERT INTO town_feed (town) SELECT code FROM activated
	ON CONFLICT (town) DO NOTHING
),
stored AS (
	INSERT INTO pack (town, version, sha256, stored_at, actor)
	SELECT code, version, $3, $6, $5 FROM activated WHERE NOT EXISTS (SELECT FROM known)
	RETURNING town, version
),
files AS (
	INSERT INTO pack_file (town, version, name, body)
	SELECT s.town, s.version, u.name, u.body FROM stored s CROSS JOIN unnest($7::text[], $8::text[]) AS u (name, body)
),
told AS MATERIALIZED (
	SELECT version, pg_notify('gridd', 'pack ' || code || ' ' || version) FROM activated
)
SELECT coalesce(t.version, (SELECT active_version FROM town WHERE code = $1), 0) AS version, t.version IS NOT NULL AS activated
FROM (VALUES (1)) AS one LEFT JOIN told t ON true
