-- Run once by a superuser, before the first migration. Two roles: gridd_owner holds the schema and changes it, gridd_app is
-- what a running gridd is, with the grants that the migrations give it, table by table. Neither has a password: they come in
-- by peer authentication, or by what the server's own pg_hba.conf demands.
DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'gridd_owner') THEN
		CREATE ROLE gridd_owner LOGIN;
	END IF;
	IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'gridd_app') THEN
		CREATE ROLE gridd_app LOGIN;
	END IF;
	ALTER ROLE gridd_owner SET search_path = gridd, pg_catalog;
	ALTER ROLE gridd_app SET search_path = gridd, pg_catalog;
END
$$
