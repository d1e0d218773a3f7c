import type { Product, TenantFile } from '../../lib';
import type { PlatformModel } from '../../lib/model/parse-platform';
import { rowSecurityOf, rowSecuritySql } from '../../lib/model/row-security';
import { serverStacks, sharedStack, tenantStack } from '../../lib/terraform/manifests';
import { platformOf, sharedOf, tenantOf } from '../products/support';
import { type Postgres, type Session, startPostgres } from '../support/postgres';
import { applyStacks, type Stack } from '../support/postgres-stack';

/** What the stacks of a product's tenants declare, on a real server. */

export interface Lab {
  readonly server: Postgres;
  readonly admin: string;
  /** Connects to a database of the lab as one of its roles; everything that is opened ends with the lab. */
  as(user: string, database: string): Promise<Session>;
  stop(): Promise<void>;
}

/** A server with its baseline, and everything that the stacks of shared services and tenants declare, made by its administrator. */
export async function labOf(
  product: Product,
  files: readonly TenantFile[],
  changes: Readonly<Record<string, unknown>> = {},
  /** What the server's owner does besides. */
  more = '',
): Promise<Lab> {
  const platform = platformOf(product, changes);
  const server = await startPostgres();
  try {
    const { admin, baseline } = baselineOf(platform);
    const superuser = await server.connect();
    // Twice, since it says that this changes nothing.
    await superuser.rows(baseline);
    await superuser.rows(baseline);
    await superuser.rows(more);
    const stacks = [
      ...(product.sharedBacking.length === 0 ? [] : sharedStack(platform, sharedOf(platform))),
      ...files.flatMap((file) => tenantStack(platform, tenantOf(platform, file))),
    ];
    await applyStacks(
      server,
      admin,
      stacks.map(({ text }) => JSON.parse(text) as Stack),
    );
    return {
      server,
      admin,
      as: (user, database) => server.connect({ user, database }),
      stop: () => server.stop(),
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** The script of a product. */
export function scriptOf(product: Product): string {
  const security = rowSecurityOf(product);
  if (security === null) throw new Error(`${product.name} has no rows in a shared database`);
  return rowSecuritySql(product.name, security);
}

// --- internal ---

/** Of the server that the clusters' tenants are on. */
function baselineOf(platform: PlatformModel) {
  const name = platform.clusters['eu-1']?.servers.postgresql ?? '';
  const server = platform.servers[name];
  const file = serverStacks(platform).find(({ path }) => path.endsWith(`servers/${name}/baseline.sql`));
  if (server?.engine !== 'postgresql' || file === undefined) throw new Error(`no baseline of ${name}`);
  return { admin: server.admin, baseline: file.text };
}
