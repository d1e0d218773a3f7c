-- Baseline of pg-eu-1: run once as a superuser, by whatever speaks SQL, such as
--   psql --set ON_ERROR_STOP=1 --file baseline.sql postgres
-- Running it again changes nothing.

-- Terraform's administrator makes roles and databases, and is no superuser. Its password is yours to set.
DO $tenantry$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tenantry') THEN
    CREATE ROLE "tenantry" LOGIN;
  END IF;
END
$tenantry$;
ALTER ROLE "tenantry" NOSUPERUSER CREATEROLE CREATEDB NOREPLICATION NOBYPASSRLS;

-- The administrator keeps its way in, and everybody else loses it.
GRANT CONNECT ON DATABASE postgres TO "tenantry";
GRANT CONNECT ON DATABASE template1 TO "tenantry";
REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;

-- Statements that set passwords would stand in the server's log with them.
ALTER ROLE "tenantry" SET log_statement = 'none';
ALTER ROLE "tenantry" SET log_min_error_statement = 'panic';
ALTER ROLE "tenantry" SET log_min_duration_statement = -1;
ALTER ROLE "tenantry" SET log_min_duration_sample = -1;
ALTER ROLE "tenantry" SET log_transaction_sample_rate = 0;
-- Nor may the statistics of statements keep them, where they are collected.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_settings WHERE name = 'pg_stat_statements.track') THEN
    ALTER ROLE "tenantry" SET pg_stat_statements.track = 'none';
  END IF;
END
$$;
