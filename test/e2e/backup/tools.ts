import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cached, go, requireGo, say } from '../control-plane/cache';

/** The programs of the backup's image, and the storage that they write to. */

export interface Tools {
  readonly restic: string;
  readonly minio: string;
  readonly mc: string;
  /** Folder with a server of PostgreSQL and its clients. */
  readonly postgres: string;
}

/** Builds them, or finds them built: about eight minutes once on two cores. PostgreSQL is the distribution's. */
export async function findTools(): Promise<Tools> {
  const postgres = process.env.POSTGRES_BIN ?? newest();
  const lacking = ['initdb', 'postgres', 'pg_dump', 'pg_restore'].filter((name) => !existsSync(join(postgres, name)));
  if (lacking.length > 0) throw new Error(`${postgres}: no ${lacking.join(', ')} - ${INSTALL}`);
  const restic = await built('restic', 'two minutes');
  const storage = await built('minio', 'seven minutes');
  return { restic: join(restic, 'restic'), minio: join(storage, 'minio'), mc: join(storage, 'mc'), postgres };
}

// --- internal ---

const INSTALL = 'apt-get install postgresql, or name a folder with its programs in POSTGRES_BIN';

/** Debian keeps each version in a folder of its own. */
function newest(): string {
  const all = '/usr/lib/postgresql';
  const versions = existsSync(all) ? readdirSync(all).filter((name) => /^\d+$/.test(name)) : [];
  const version = versions.sort((a, b) => Number(a) - Number(b)).at(-1);
  if (version === undefined) throw new Error(`the end-to-end suite needs PostgreSQL: ${INSTALL}`);
  return join(all, version, 'bin');
}

/** All that the module's go.mod names in its tool directive. */
async function built(name: string, time: string): Promise<string> {
  const module = join(__dirname, '..', 'control-plane', name);
  return cached(name, [readFileSync(join(module, 'go.sum'), 'utf8')], async (draft) => {
    await requireGo();
    say(`building ${name} from its Go module: about ${time}, once`);
    const env = { CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOWORK: 'off' };
    await go(['build', '-trimpath', '-buildvcs=false', '-ldflags=-s -w', '-o', `${draft}/`, 'tool'], module, env);
  });
}
