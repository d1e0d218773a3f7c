-- Row-level security of unity. Its migration job runs this after each migration, as the shared database's own login:
--   psql --set ON_ERROR_STOP=1 --file unity.sql
-- Running it again changes nothing. What must not stay open is told at the end, as an error, after all else was closed.
SET standard_conforming_strings = on;
SET statement_timeout = 0;
SET lock_timeout = '10s';
SET tenantry.rows = '{
  "product": "unity",
  "prefix": "unity_rows_of_",
  "setting": "app.tenant_id",
  "column": "tenant_id",
  "tables": [
    {"table":"alert_channels","column":"tenant_id","index":"idx_alert_channels_tenant"},
    {"table":"alert_rules","column":"tenant_id","index":"idx_alert_rules_tenant"},
    {"table":"alerts","column":"tenant_id","index":"idx_alerts_tenant"},
    {"table":"api_keys","column":"tenant_id","index":"idx_api_keys_tenant"},
    {"table":"audit_log","column":"tenant_id","index":"idx_audit_log_tenant"},
    {"table":"certificates","column":"tenant_id","index":"idx_certificates_tenant"},
    {"table":"cluster_credentials","column":"tenant_id","index":"idx_cluster_credentials_tenant"},
    {"table":"cluster_events","column":"tenant_id","index":"idx_cluster_events_tenant"},
    {"table":"cluster_metrics","column":"tenant_id","index":"idx_cluster_metrics_tenant"},
    {"table":"cluster_nodes","column":"tenant_id","index":"idx_cluster_nodes_tenant"},
    {"table":"clusters","column":"tenant_id","index":"idx_clusters_tenant"},
    {"table":"invitations","column":"tenant_id","index":"idx_invitations_tenant"},
    {"table":"jobs","column":"tenant_id","index":"idx_jobs_tenant"},
    {"table":"notifications","column":"tenant_id","index":"idx_notifications_tenant"},
    {"table":"plugin_installations","column":"tenant_id","index":"idx_plugin_installations_tenant"},
    {"table":"plugin_settings","column":"tenant_id","index":"idx_plugin_settings_tenant"},
    {"table":"plugins","column":"tenant_id","index":"idx_plugins_tenant"},
    {"table":"report_schedules","column":"tenant_id","index":"idx_report_schedules_tenant"},
    {"table":"reports","column":"tenant_id","index":"idx_reports_tenant"},
    {"table":"sessions","column":"tenant_id","index":"idx_sessions_tenant"},
    {"table":"ssh_keys","column":"tenant_id","index":"idx_ssh_keys_tenant"},
    {"table":"tenants","column":"id","index":"idx_tenants_tenant"},
    {"table":"usage_records","column":"tenant_id","index":"idx_usage_records_tenant"},
    {"table":"user_preferences","column":"tenant_id","index":"idx_user_preferences_tenant"},
    {"table":"user_tenant_memberships","column":"tenant_id","index":"idx_user_tenant_memberships_tenant"},
    {"table":"webhooks","column":"tenant_id","index":"idx_webhooks_tenant"}
  ]
}';

BEGIN;
DO $tenantry$
DECLARE
  given CONSTANT jsonb := current_setting('tenantry.rows');
  owner name;
  readers CONSTANT name := current_database() || '_rows';
  viewers CONSTANT name[] := ARRAY[current_database() || '_system', current_database() || '_ro'];
  body text;
  listed record;
  attribute smallint;
  relation oid;
  policy record;
  wanted text;
  other oid;
  reader name;
BEGIN
  PERFORM set_config('search_path', 'pg_catalog, pg_temp', true);
  SELECT pg_get_userbyid(nspowner) INTO owner FROM pg_namespace WHERE nspname = 'app';
  IF owner IS NULL THEN
    RAISE EXCEPTION 'database % has no schema app', current_database()
      USING HINT = 'Apply the Terraform stack of the shared services first.';
  END IF;
  FOREACH reader IN ARRAY viewers || readers LOOP
    IF to_regrole(quote_ident(reader)) IS NULL THEN
      RAISE EXCEPTION 'there is no role %', reader
        USING HINT = 'Apply the Terraform stack of the shared services first.';
    END IF;
  END LOOP;
  EXECUTE format('SET LOCAL ROLE %I', owner);

  body := format(
    'SELECT CASE WHEN count(DISTINCT r.rolname) = 1 THEN replace(substr(min(r.rolname::text), %s), ''_'', ''-'') END'
    ' FROM pg_auth_members AS m JOIN pg_roles AS r ON r.oid = m.roleid JOIN pg_roles AS u ON u.oid = m.member'
    ' WHERE u.rolname = session_user AND starts_with(r.rolname::text, %L)',
    length(given ->> 'prefix') + 1, given ->> 'prefix');
  IF NOT EXISTS (
    SELECT FROM pg_proc
    WHERE oid = to_regprocedure('app.tenantry_tenant()') AND prosrc = body AND NOT prosecdef AND provolatile = 's'
      AND prorettype = 'text'::regtype AND proconfig = ARRAY['search_path=pg_catalog, pg_temp']
  ) THEN
    EXECUTE format(
      'CREATE OR REPLACE FUNCTION app.tenantry_tenant() RETURNS text LANGUAGE sql STABLE PARALLEL RESTRICTED'
      ' SECURITY INVOKER SET search_path = pg_catalog, pg_temp AS %L', body);
  END IF;
  IF NOT has_function_privilege(readers, 'app.tenantry_tenant()', 'EXECUTE') THEN
    EXECUTE format('GRANT EXECUTE ON FUNCTION app.tenantry_tenant() TO %I', readers);
  END IF;

  FOR listed IN SELECT * FROM jsonb_to_recordset(given -> 'tables') AS t ("table" text, "column" text, "index" text) LOOP
    SELECT a.attnum, a.attrelid INTO attribute, relation
      FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid JOIN pg_type AS t ON t.oid = a.atttypid
      WHERE c.oid = to_regclass(format('app.%I', listed."table")) AND c.relkind IN ('r', 'p')
        AND a.attname = listed."column" AND t.typcategory = 'S';
    -- What is not there, or is not as it has to be, is told below.
    CONTINUE WHEN relation IS NULL;

    IF NOT EXISTS (
      SELECT FROM pg_index
      WHERE indexrelid = to_regclass(format('app.%I', listed."index")) AND indrelid = relation
        AND indkey[0] = attribute AND indpred IS NULL
    ) THEN
      EXECUTE format('CREATE INDEX %I ON app.%I (%I)', listed."index", listed."table", listed."column");
    END IF;

    -- Partitions too: whoever may read one reads it past the policies of the whole.
    FOR relation IN
      WITH RECURSIVE tree (oid) AS (
        SELECT relation UNION SELECT i.inhrelid FROM pg_inherits AS i JOIN tree ON i.inhparent = tree.oid
      )
      SELECT c.oid FROM tree JOIN pg_class AS c ON c.oid = tree.oid WHERE c.relkind IN ('r', 'p') ORDER BY c.oid
    LOOP
      IF NOT (SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE oid = relation) THEN
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', relation::regclass);
      END IF;
      FOR policy IN
        SELECT * FROM (VALUES
          -- Shared services, which act for the tenant that they name for the transaction, and for nobody before they do.
          ('tenantry_shared', 'ALL', quote_ident(owner),
            format('%I = (SELECT NULLIF(current_setting(%L, true), %L))', listed."column", given ->> 'setting', '')),
          ('tenantry_tenant', 'SELECT', quote_ident(readers),
            format('%I = (SELECT app.tenantry_tenant())', listed."column")),
          -- Administrators of the platform, and dumps of the whole.
          ('tenantry_system', 'SELECT', (SELECT string_agg(quote_ident(v), ', ') FROM unnest(viewers) AS v), 'true')
        ) AS p (name, command, roles, condition)
      LOOP
        wanted := format('CREATE POLICY %I ON %s FOR %s TO %s USING (%s)',
          policy.name, relation::regclass, policy.command, policy.roles, policy.condition);
        CONTINUE WHEN EXISTS (
          SELECT FROM pg_policy AS p
          WHERE p.polrelid = relation AND p.polname = policy.name AND obj_description(p.oid, 'pg_policy') =
            'tenantry ' || md5(concat_ws('|', wanted, p.polcmd, p.polpermissive, p.polroles,
              pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)))
        );
        EXECUTE format('DROP POLICY IF EXISTS %I ON %s', policy.name, relation::regclass);
        EXECUTE wanted;
        EXECUTE format('COMMENT ON POLICY %I ON %s IS %L', policy.name, relation::regclass, (
          SELECT 'tenantry ' || md5(concat_ws('|', wanted, p.polcmd, p.polpermissive, p.polroles,
            pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)))
          FROM pg_policy AS p WHERE p.polrelid = relation AND p.polname = policy.name
        ));
      END LOOP;
    END LOOP;

    relation := to_regclass(format('app.%I', listed."table"));
    FOREACH reader IN ARRAY viewers || readers LOOP
      -- Of partitions as well, which a dump reads one by one.
      FOR other IN
        WITH RECURSIVE tree (oid) AS (
          SELECT relation UNION SELECT i.inhrelid FROM pg_inherits AS i JOIN tree ON i.inhparent = tree.oid
        )
        SELECT c.oid FROM tree JOIN pg_class AS c ON c.oid = tree.oid WHERE c.relkind IN ('r', 'p') ORDER BY c.oid
      LOOP
        IF NOT has_table_privilege(reader, other, 'SELECT') THEN
          EXECUTE format('GRANT SELECT ON TABLE %s TO %I', other::regclass, reader);
        END IF;
      END LOOP;
      -- Of serial and identity columns, whose state a dump reads.
      FOR other IN
        SELECT c.oid FROM pg_depend AS d JOIN pg_class AS c ON c.oid = d.objid AND c.relkind = 'S'
        WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = relation
          AND d.deptype IN ('a', 'i')
      LOOP
        IF NOT has_sequence_privilege(reader, other, 'SELECT') THEN
          EXECUTE format('GRANT SELECT ON SEQUENCE %s TO %I', other::regclass, reader);
        END IF;
      END LOOP;
    END LOOP;
  END LOOP;
END
$tenantry$;
COMMIT;

DO $tenantry$
DECLARE
  given CONSTANT jsonb := current_setting('tenantry.rows');
  readers CONSTANT name := current_database() || '_rows';
  open text[] := '{}';
  told text;
BEGIN
  PERFORM set_config('search_path', 'pg_catalog, pg_temp', true);
  CREATE TEMPORARY TABLE tenantry_rows ON COMMIT DROP AS
    WITH RECURSIVE tree (oid, listed_table, listed_column) AS (
      SELECT to_regclass(format('app.%I', t."table"))::oid, t."table", t."column"
      FROM jsonb_to_recordset(given -> 'tables') AS t ("table" text, "column" text)
      UNION
      SELECT i.inhrelid, tree.listed_table, tree.listed_column FROM pg_inherits AS i JOIN tree ON i.inhparent = tree.oid
    )
    SELECT * FROM tree;

  SELECT string_agg(listed_table, ', ' ORDER BY listed_table) INTO told FROM pg_temp.tenantry_rows WHERE oid IS NULL;
  IF told IS NOT NULL THEN
    RAISE WARNING 'listed tables that schema app does not have yet: %', told
      USING HINT = 'Run this again when a migration has made them.';
  END IF;
  SELECT string_agg(relname, ', ' ORDER BY relname) INTO told FROM pg_class
    WHERE relnamespace = 'app'::regnamespace AND relkind IN ('r', 'p')
      AND oid NOT IN (SELECT oid FROM pg_temp.tenantry_rows WHERE oid IS NOT NULL)
      AND NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = given ->> 'column');
  IF told IS NOT NULL THEN
    RAISE NOTICE 'tables of schema app that are no tenant''s, which tenants cannot read: %', told;
  END IF;

  FOR told IN
    SELECT p.line FROM (
      SELECT c.relname, format('app.%s has the column %s and is not listed', c.relname, a.attname) AS line
      FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
      WHERE c.relnamespace = 'app'::regnamespace AND c.relkind IN ('r', 'p', 'f', 'm') AND a.attname = given ->> 'column'
        AND NOT a.attisdropped AND c.oid NOT IN (SELECT oid FROM pg_temp.tenantry_rows WHERE oid IS NOT NULL)
      UNION ALL
      SELECT c.relname, format('app.%s is listed and is no table, so that it can have no policy', c.relname)
      FROM pg_temp.tenantry_rows AS r JOIN pg_class AS c ON c.oid = r.oid AND c.relkind NOT IN ('r', 'p')
      UNION ALL
      SELECT c.relname, format('app.%s is listed and has no column %s of text', c.relname, r.listed_column)
      FROM pg_temp.tenantry_rows AS r JOIN pg_class AS c ON c.oid = r.oid AND c.relkind IN ('r', 'p')
      WHERE NOT EXISTS (
        SELECT FROM pg_attribute AS a JOIN pg_type AS t ON t.oid = a.atttypid
        WHERE a.attrelid = c.oid AND a.attname = r.listed_column AND t.typcategory = 'S'
      )
      UNION ALL
      SELECT c.relname, format('the policy %s of app.%s lets through what others keep back', p.polname, c.relname)
      FROM pg_temp.tenantry_rows AS r JOIN pg_class AS c ON c.oid = r.oid JOIN pg_policy AS p ON p.polrelid = c.oid
      WHERE p.polpermissive AND p.polname NOT IN ('tenantry_shared', 'tenantry_tenant', 'tenantry_system')
      UNION ALL
      SELECT c.relname, format('the policy %s of app.%s keeps rows from dumps of the whole, which would miss them silently', p.polname, c.relname)
      FROM pg_temp.tenantry_rows AS r JOIN pg_class AS c ON c.oid = r.oid JOIN pg_policy AS p ON p.polrelid = c.oid
      WHERE NOT p.polpermissive
      UNION ALL
      SELECT p.proname, format('function app.%s acts as its owner, and tenants may call it: it shows them whatever tenant they name', p.proname)
      FROM pg_proc AS p
      WHERE p.pronamespace = 'app'::regnamespace AND p.prosecdef AND has_function_privilege(readers, p.oid, 'EXECUTE')
      UNION ALL
      SELECT c.relname, format('app.%s has row security of somebody else, and dumps of the whole would miss its rows silently', c.relname)
      FROM pg_class AS c
      WHERE c.relnamespace = 'app'::regnamespace AND c.relrowsecurity
        AND c.oid NOT IN (SELECT oid FROM pg_temp.tenantry_rows WHERE oid IS NOT NULL)
      UNION ALL
      SELECT c.relname, format('app.%s is partitioned, and only from PostgreSQL 16 on does a dump of a tenant have the rows of partitions', c.relname)
      FROM pg_temp.tenantry_rows AS r JOIN pg_class AS c ON c.oid = r.oid AND c.relkind = 'p'
      WHERE current_setting('server_version_num')::int < 160000
      UNION ALL
      SELECT c.relname, format('%s may change app.%s', readers, c.relname)
      FROM pg_temp.tenantry_rows AS r JOIN pg_class AS c ON c.oid = r.oid AND c.relkind IN ('r', 'p')
      WHERE has_table_privilege(readers, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
    ) AS p ORDER BY p.relname, p.line
  LOOP
    open := open || told;
  END LOOP;
  IF cardinality(open) > 0 THEN
    RAISE EXCEPTION E'row-level security of % is not whole:\n- %', given ->> 'product', array_to_string(open, E'\n- ')
      USING HINT = 'List every table with a tenant''s rows in tables of postgresqlRows(), and drop policies of others.';
  END IF;
END
$tenantry$;
