import { Grant } from '@cdktf/provider-postgresql/lib/grant';
import type { Construct } from 'constructs';
import type { PlatformData } from '../model/platform';
import { sqlName, sqlValue } from '../model/sql';
import { keep, type Prerequisite } from './elements';
import { PostgresqlProvider, type PostgresqlServer } from './postgresql';
import { IsolatedStack } from './stack';

/** What a server has once. */

/** Databases that every cluster of PostgreSQL has, and that everybody may connect to unless told otherwise. */
const COMMON = ['postgres', 'template1'];

export interface PostgresqlServerStackProps {
  readonly platform: PlatformData;
  readonly name: string;
  readonly server: PostgresqlServer;
}

/**
 * That nobody but administrators gets into the databases that come with a server. On a managed server these belong to its administrator,
 * and this alone does it; elsewhere it takes `baseline.sql`, run by a superuser, and until then no plan of this stack is ever empty.
 */
export class PostgresqlServerStack extends IsolatedStack {
  constructor(scope: Construct, id: string, { platform, name, server }: PostgresqlServerStackProps) {
    super(scope, id, { backend: platform.terraform.backend, key: `${platform.environment}/${name}/_server` });
    const provider = new PostgresqlProvider(this, name, server);
    let last: Prerequisite[] = [];
    for (const database of COMMON) {
      const rights = { provider, database, role: 'public', objectType: 'database', privileges: [] };
      const grant = new Grant(this, `public-${database}`, rights);
      keep(grant, { after: last });
      last = [grant];
    }
  }
}

/** What needs a superuser, once for each server; running it again changes nothing. */
export function postgresqlBaseline(name: string, { admin }: PostgresqlServer): string {
  const role = sqlName('postgresql', admin);
  return `-- Baseline of ${name}: run once as a superuser, by whatever speaks SQL, such as
--   psql --set ON_ERROR_STOP=1 --file baseline.sql postgres
-- Running it again changes nothing.

-- Terraform's administrator makes roles and databases, and is no superuser. Its password is yours to set.
DO $tenantry$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ${sqlValue('postgresql', admin)}) THEN
    CREATE ROLE ${role} LOGIN;
  END IF;
END
$tenantry$;
ALTER ROLE ${role} NOSUPERUSER CREATEROLE CREATEDB NOREPLICATION NOBYPASSRLS;

-- The administrator keeps its way in, and everybody else loses it.
${COMMON.map((database) => `GRANT CONNECT ON DATABASE ${database} TO ${role};`).join('\n')}
REVOKE ALL ON DATABASE ${COMMON.join(', ')} FROM PUBLIC;

-- Statements that set passwords would stand in the server's log with them.
ALTER ROLE ${role} SET log_statement = 'none';
ALTER ROLE ${role} SET log_min_error_statement = 'panic';
ALTER ROLE ${role} SET log_min_duration_statement = -1;
ALTER ROLE ${role} SET log_min_duration_sample = -1;
ALTER ROLE ${role} SET log_transaction_sample_rate = 0;
-- Nor may the statistics of statements keep them, where they are collected.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_settings WHERE name = 'pg_stat_statements.track') THEN
    ALTER ROLE ${role} SET pg_stat_statements.track = 'none';
  END IF;
END
$$;
`;
}
