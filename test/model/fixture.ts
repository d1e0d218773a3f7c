import { definePlatform, type PlatformInput, type Product } from '../../lib';
import { formatProblem, type Problem } from '../../lib/model/errors';
import { type PlatformModel, parsePlatform } from '../../lib/model/parse-platform';
import { resolveTenant } from '../../lib/model/resolve';
import type { Tenant } from '../../lib/model/resolved';
import { shop } from './shop';

/** A platform of two jurisdictions that offers the made-up product, and ways to change both and to see what comes of it. */

export { shop };

type Fields = Omit<PlatformInput<readonly Product[], 'eu-1' | 'us-1'>, 'products'>;
type Cluster = Fields['clusters']['eu-1'];

const cluster = {
  podCidrs: ['10.64.0.0/12'],
  serviceCidrs: ['10.96.0.0/16'],
  storageClass: 'fast',
};

const peers = [{ namespace: 'edge', podLabels: { app: 'proxy' } }];

const eu1: Cluster = {
  ...cluster,
  region: 'north',
  routing: {
    kind: 'gateway',
    controller: 'envoy-gateway',
    className: 'envoy',
    gateway: { name: 'public', namespace: 'gateway' },
    peers,
    issuer: 'letsencrypt',
    addresses: ['192.0.2.10', '2001:db8::10'],
  },
  secretStore: { kind: 'vault', server: 'https://vault.example' },
  operators: ['cloudnative-pg'],
  apiServer: { cidrs: ['10.0.0.0/28'] },
  nodePools: { dedicated: { labels: { pool: 'dedicated' }, cpu: 32, memoryGiB: 128 } },
  servers: { postgresql: 'pg-eu', redis: 'redis-eu' },
  backupStore: 'store-eu',
};

const us1: Cluster = {
  ...cluster,
  region: 'south',
  routing: { kind: 'traefik', peers, issuer: 'letsencrypt', challenge: 'dns01', addresses: ['198.51.100.20'] },
  secretStore: { kind: 'kubernetes' },
  servers: { postgresql: 'pg-us', redis: 'redis-us' },
  backupStore: 'store-us',
};

function server(engine: 'postgresql' | 'redis', region: string, host: string) {
  const port = engine === 'redis' ? 6379 : 5432;
  return { engine, version: '17', region, host, port, peer: { cidr: '10.20.0.0/24' } };
}

/** What `definePlatform` is given, without its products; parts are replaced by `given`. */
export const platformFields: Fields = {
  name: 'test',
  git: { repository: 'https://git.example/tenants.git' },
  regions: { north: { jurisdiction: 'eu' }, south: { jurisdiction: 'us' } },
  clusters: { 'eu-1': eu1, 'us-1': us1 },
  servers: {
    'pg-eu': server('postgresql', 'north', 'pg.eu.example'),
    'pg-eu-2': server('postgresql', 'north', 'pg2.eu.example'),
    'pg-us': server('postgresql', 'south', 'pg.us.example'),
    'redis-eu': server('redis', 'north', 'redis.eu.example'),
    'redis-us': server('redis', 'south', 'redis.us.example'),
  },
  backupStores: {
    'store-eu': { region: 'north', repository: 's3:https://s3.eu.example/backups', peer: { cidr: '203.0.113.0/28' } },
    'store-us': { region: 'south', repository: 's3:https://s3.us.example/backups', peer: { cidr: '203.0.113.16/28' } },
  },
  backup: { image: 'registry.example/backup:1.2.0' },
};

/** The platform and its typed `defineTenant`, as a registry would export them. */
export const { platform, defineTenant } = definePlatform({ ...platformFields, products: [shop] });

/** A tenant of the smallest plan, as plain data. */
export const acme = {
  id: 'acme',
  displayName: 'ACME',
  product: 'shop',
  plan: 'small',
  placement: 'eu-1',
  contact: 'admin@acme.example',
  createdOn: '2026-01-15',
  settings: { siteId: 7 },
} as const;

/** Overrides with what every override needs. */
export function overriding(what: Readonly<Record<string, unknown>>) {
  return { overrides: { ...what, reason: 'because', until: '2027-01-31' } };
}

/** Anything with some of its parts replaced, by dotted path. Keys with dots are not needed here. */
export function having<T>(base: T, changes: Readonly<Record<string, unknown>>): T {
  const copy = cloned(base) as Record<string, unknown>;
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split('.');
    const last = keys.pop() ?? '';
    let at = copy;
    for (const key of keys) {
      at[key] ??= {};
      at = at[key] as Record<string, unknown>;
    }
    if (value === undefined) delete at[last];
    else at[last] = value;
  }
  return copy as T;
}

/** The product with parts of what it was given replaced. */
export function productHaving(changes: Readonly<Record<string, unknown>>, base: Product = shop): Product {
  return { ...base, input: having(base.input, changes) };
}

/** Problems as lines, of a platform with these fields and products. */
export function platformProblems(
  changes: Readonly<Record<string, unknown>> = {},
  products: readonly unknown[] = [shop],
): string[] {
  return lines(parsed(changes, products).problems);
}

/** Problems of one product as lines, with paths inside it. */
export function productProblems(product: Product): string[] {
  const prefix = `platform.ts: products.${product.name}.`;
  return platformProblems({}, [product]).map((line) => (line.startsWith(prefix) ? line.slice(prefix.length) : line));
}

/** The platform that resolves tenants; it must have no problem. */
export function model(changes: Readonly<Record<string, unknown>> = {}, products: readonly unknown[] = [shop]) {
  const { platform: found, problems } = parsed(changes, products);
  if (found === null) throw new Error(lines(problems).join('\n'));
  return found;
}

export const plain: PlatformModel = model();

/** A tenant like {@link acme} without problems. */
export function resolved(changes: Readonly<Record<string, unknown>> = {}, on: PlatformModel = plain): Tenant {
  const { tenant, problems } = resolveTenant(on, 'acme.ts', { ...acme, ...changes });
  if (tenant === null) throw new Error(lines(problems).join('\n'));
  return tenant;
}

/** Problems of a tenant like {@link acme} as lines. */
export function tenantProblems(changes: Readonly<Record<string, unknown>>, on: PlatformModel = plain): string[] {
  return lines(resolveTenant(on, 'acme.ts', { ...acme, ...changes }).problems);
}

/** Problems as lines. */
export function lines(problems: readonly Problem[]): string[] {
  return problems.map(formatProblem);
}

// --- internal ---

function parsed(changes: Readonly<Record<string, unknown>>, products: readonly unknown[]) {
  const fields = having(platformFields, changes);
  return parsePlatform({ ...platform, input: fields, products }, 'platform.ts');
}

/** Values of zod and functions stay themselves. */
function cloned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cloned);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, cloned(each)]));
}
