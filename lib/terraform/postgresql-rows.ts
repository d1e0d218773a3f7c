import { Role } from '@cdktf/provider-postgresql/lib/role';
import { Construct } from 'constructs';
import type { PostgresqlRowsDetails } from '../backing/postgresql-rows';
import type { Login } from '../model/credentials';
import { text } from './expression';
import { APP, loginRole, type PostgresqlProvider, probes } from './postgresql';
import type { Entry } from './secret-store';

export interface PostgresqlRowsProps {
  readonly provider: PostgresqlProvider;
  readonly details: PostgresqlRowsDetails;
  readonly entry: (login: Login) => Entry;
  readonly suspended: boolean;
}

/**
 * A tenant's part of a database that all share: a role that is the tenant, and logins that are its members. Policies ask whose member
 * the session's user is, which nothing that a session may set can change (`dist/sql/<product>.sql`).
 */
export class PostgresqlRows extends Construct {
  readonly role: Role;
  readonly logins: readonly Role[];

  constructor(scope: Construct, id: string, { provider, details, entry, suspended }: PostgresqlRowsProps) {
    super(scope, id);
    // What all tenants of the product may do, which is to read; the shared database's stack makes it.
    this.role = new Role(this, 'tenant', {
      provider,
      name: text(details.role),
      login: false,
      roles: [text(details.readers)],
    });
    this.logins = details.logins.map((login) => {
      const limits = {
        searchPath: [APP],
        connectionLimit: login.connections,
        idleInTransactionSessionTimeout: IDLE_MS,
      };
      const config = {
        provider,
        roles: [text(details.role)],
        ...limits,
        statementTimeout: login.use === 'backup' ? 0 : STATEMENT_MS,
      };
      return loginRole(this, login, entry(login), !suspended || login.use === 'backup', config, [this.role]);
    });
    probes(this, details.logins, { provider, entry, suspended, database: details.database, after: this.logins });
  }
}

/** A transaction that is left open holds up every migration of the table. */
const IDLE_MS = 60_000;

/** An export is longer than a request. */
const STATEMENT_MS = 300_000;
