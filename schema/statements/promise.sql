-- What a connection finds when it is made: what the server promises, and what this database is. One row.
SELECT 'PostgreSQL ' || split_part(current_setting('server_version'), ' ', 1) AS version,
	current_setting('fsync') AS fsync,
	current_setting('synchronous_commit') AS synchronous_commit,
	current_setting('synchronous_standby_names') AS standby_names,
	(SELECT pg_encoding_to_char(encoding) || ' ' || datcollate FROM pg_database WHERE datname = current_database())
		AS encoding,
	(SELECT value::integer FROM meta WHERE key = 'schema_version') AS schema_version,
	(SELECT value::integer FROM meta WHERE key = 'min_binary') AS min_binary,
	(SELECT value FROM meta WHERE key = 'clock') AS clock,
	(SELECT value FROM meta WHERE key = 'hmac_key') AS hmac_key,
	at_us(clock_timestamp()) AS clock_us,
	(SELECT value::bigint FROM meta WHERE key = 'test_now') AS test_now_us,
	to_regtype('gridd.write_row')::oid AS write_row,
	to_regtype('gridd.write_task')::oid AS write_task,
	to_regtype('gridd.write_order')::oid AS write_order,
	to_regtype('gridd.write_notice')::oid AS write_notice
