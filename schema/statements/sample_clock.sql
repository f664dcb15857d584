-- Case time: the test clock's where the database was made with one, else the server's.
SELECT coalesce(t.now_us, at_us(clock_timestamp())) AS now_us, t.now_us IS NOT NULL AS frozen
FROM (SELECT (SELECT value::bigint FROM meta WHERE key = 'test_now') AS now_us) t
