import type { Offer } from '../model/offer';
import { type Parts, plainText } from '../model/values';

/** How the client of an engine runs a file of SQL. The password is in the environment, since command lines are for everybody to see. */
export interface SqlClient {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Variable that it reads the password from. */
  readonly password: string;
}

/**
 * @param oneTransaction runs all of it or nothing; MySQL's client knows no such thing
 */
export function sqlClient(
  backing: Offer,
  file: string,
  { oneTransaction }: { readonly oneTransaction: boolean },
): SqlClient {
  const text = (name: string) => plainText(output(backing, name));
  // As its dumps are encrypted; outputs say nothing of it.
  const tls = backing.dump?.tls ?? 'prefer';
  switch (backing.kind) {
    case 'postgresql': {
      const whole = oneTransaction ? ['--single-transaction'] : [];
      return {
        command: ['psql', '--no-psqlrc', '--set', 'ON_ERROR_STOP=1', ...whole, '--file', file],
        env: {
          PGHOST: text('host'),
          PGPORT: text('port'),
          PGUSER: text('user'),
          PGDATABASE: text('database'),
          PGSSLMODE: tls,
          ...(tls === 'verify-full' ? { PGSSLROOTCERT: 'system' } : {}),
        },
        password: 'PGPASSWORD',
      };
    }
    case 'mysql': {
      const place = ['host', 'port', 'user', 'database'].flatMap((name) => [`--${name}`, text(name)]);
      return {
        command: [
          ...FROM_FILE,
          ...[file, 'mariadb', '--no-defaults', '--default-character-set', 'utf8mb4', ...place],
          // Without a check of the certificate the client goes on in plain text where the server offers no TLS.
          ...['--ssl', tls === 'prefer' ? '--skip-ssl-verify-server-cert' : '--ssl-verify-server-cert'],
        ],
        env: {},
        password: 'MYSQL_PWD',
      };
    }
    default:
      throw new Error(`no way is known to write rows into ${backing.name}, which is of kind ${backing.kind}`);
  }
}

/** One of its outputs. */
export function output(offer: Offer, name: string): Parts {
  const parts = offer.outputs[name];
  if (parts === undefined) throw new Error(`${offer.name} has no output ${JSON.stringify(name)}`);
  return parts;
}

// --- internal ---

/**
 * Runs what follows with a file for its input. MariaDB's client ends with the first error of its input and says so; its `source`
 * goes on after one and ends with 0 (seen with 10.11), so that rows which were never written would count as written.
 */
const FROM_FILE = ['/bin/sh', '-c', 'exec "$@" < "$0"'];
