import { TerraformElement } from 'cdktf';
import type { Construct } from 'constructs';
import type { Login } from '../model/credentials';
import { address, type Prerequisite, Provider } from './elements';
import { text } from './expression';
import type { PostgresqlServer } from './postgresql';
import type { Entry } from './secret-store';

export interface LoginProbeProps {
  readonly server: PostgresqlServer;
  readonly database: string;
  readonly login: Login;
  readonly entry: Entry;
  /** Tried once these are as they should be. */
  readonly after: readonly Prerequisite[];
}

/**
 * Logs in with what the store holds, when a plan is asked to (`-var probe=true`), as the apply workflow does after each apply. An update
 * of a write-only argument that fails is recorded as done, and neither side can be read back everywhere: this alone tells that the two
 * differ. Raising the login's version writes both sides again.
 */
export class LoginProbe extends TerraformElement {
  readonly #provider: Provider;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: LoginProbeProps,
  ) {
    super(scope, id, `data.${TYPE}`);
    const { server, database, login, entry } = props;
    this.#provider = new Provider(this, 'as', {
      name: 'postgresql',
      alias: this.friendlyUniqueId,
      arguments: {
        ...{ host: server.host, port: server.port, sslmode: server.tls, superuser: false },
        ...{ username: login.user, password: entry.value('password'), database },
        ...{ connect_timeout: 30, max_connections: 1 },
      },
    });
  }

  override toTerraform(): Record<string, unknown> {
    const { database, after } = this.props;
    const data = {
      count: `\${var.${VARIABLE} ? 1 : 0}`,
      database: text(database),
      provider: this.#provider.fqn,
      depends_on: after.map(address),
    };
    const variable = { type: 'bool', default: false, description: 'Whether every login is tried.' };
    return { data: { [TYPE]: { [this.friendlyUniqueId]: data } }, variable: { [VARIABLE]: variable } };
  }
}

// --- internal ---

/** The least that takes a connection. */
const TYPE = 'postgresql_schemas';

const VARIABLE = 'probe';
