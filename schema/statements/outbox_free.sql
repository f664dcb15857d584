-- What a worker had in hand whose connection is gone is free again at once.
UPDATE delivery SET leased_until = NULL, leased_by = NULL
WHERE leased_until IS NOT NULL AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.pid = leased_by)
