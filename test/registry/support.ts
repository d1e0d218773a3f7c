import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as zod from 'zod';
import type { Claim } from '../../lib/model/offer';
import type { ResolvedRoute, Tenant } from '../../lib/model/resolved';
import type { IndexEntry } from '../../lib/registry/index-entry';
import { type Loaded, loadRegistry } from '../../lib/registry/load';

const made: string[] = [];

afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** A new folder that is gone after the tests of the file. */
export function folder(): string {
  const root = mkdtempSync(join(tmpdir(), 'tenantry-registry-'));
  made.push(root);
  return root;
}

/** Writes files, by path below a folder. */
export function write(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

export const PLATFORM = `import { definePlatform } from 'tenantry';
export const { platform, defineTenant } = definePlatform({ name: 'test', products: [] });
`;

/** A tenant file of `tenants/`, with what its object holds. */
export function tenantFile(body: string, head = ''): string {
  return `import { defineTenant } from './platform';\n${head}\nexport default defineTenant({ ${body} });\n`;
}

/** What stands for this library in registries of these tests: its real shape, and none of its checks. */
export const MODULES = {
  tenantry: {
    definePlatform: (input: unknown) => ({
      platform: { kind: 'tenantry.platform', input, products: [] },
      defineTenant: (tenant: unknown) => ({ kind: 'tenantry.tenant', input: tenant }),
    }),
  },
  'tenantry/products': { nekotab: { kind: 'tenantry.product' } },
  zod,
};

/** Loads a registry of these files; a platform is there unless `tenants/platform.ts` is null. */
export function loaded(files: Readonly<Record<string, string | null>>): Promise<Loaded> {
  const root = folder();
  const all = Object.entries({ 'tenants/platform.ts': PLATFORM, ...files });
  write(root, Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== null)));
  return loadRegistry(root, MODULES);
}

/** The one problem of a registry that has a good tenant besides these files, which must still be loaded. */
export async function onlyProblem(files: Readonly<Record<string, string>>) {
  const { tenants, problems } = await loaded({ 'tenants/good.ts': tenantFile("id: 'good'"), ...files });
  expect(tenants.map(({ file }) => file)).toContain('tenants/good.ts');
  expect(problems).toHaveLength(1);
  return problems[0];
}

export function claim(space: Claim['space'], name: string, stateful = false, fixed: Claim['fixed'] = {}): Claim {
  return { space, name, stateful, fixed };
}

interface Given {
  readonly file?: string;
  readonly product?: string;
  readonly state?: Tenant['state'];
  readonly placement?: string;
  readonly claims?: readonly Claim[];
  readonly credentials?: Tenant['credentials'];
  readonly connections?: Tenant['connections'];
  readonly hosts?: ResolvedRoute['hosts'];
  readonly backup?: { readonly minute: number; readonly storeName?: string } | null;
  readonly window?: { readonly from: string; readonly to: string } | null;
}

/** A resolved tenant as far as the rules of this room look at it. */
export function tenant(id: string, given: Given = {}): Tenant {
  const {
    file,
    product = 'nekotab',
    state = 'active',
    placement = 'eu-1',
    claims = [],
    hosts = [],
    backup = null,
    credentials = {},
    connections = {},
  } = given;
  const partial = {
    id,
    file: file ?? `tenants/${id}.ts`,
    product,
    state,
    clusterName: placement,
    claims,
    credentials,
    connections,
    routes: hosts.length === 0 ? [] : [{ name: 'web', hosts, paths: [] }],
    sharedRoutes: [],
    plan: { backup: { window: given.window ?? null } },
    backup: backup === null ? null : { storeName: 'eu', ...backup },
  };
  return partial as unknown as Tenant;
}

/** An index entry of a tenant on `eu-1` with the usual claims. */
export function entry(id: string, given: Partial<IndexEntry> = {}): IndexEntry {
  const usual = {
    product: 'nekotab',
    plan: 'standard',
    state: 'active',
    placement: 'eu-1',
    namespace: `nekotab-${id}`,
  };
  return { id, ...usual, claims: claimsOf(id, 'eu-1'), files: {}, ...given };
}

/** Claims of every kind, as a synthesis writes them. */
export function claimsOf(id: string, placement: string, size = 10, storageClass = 'fast'): Claim[] {
  return [
    claim('id', id),
    claim('namespace', `nekotab-${id}`, true),
    claim('placement', `${id}@${placement}`, true),
    claim('volume', `${placement}/nekotab-${id}/media`, true, { sizeGiB: size, storageClass }),
    claim('postgresql-database', `pg-${placement}/nekotab_${id}`, true),
    claim('postgresql-role', `pg-${placement}/nekotab_${id}_a`),
    claim('bucket', `nekotab-${id}`, true),
  ];
}

/** The same tenant in the registry. */
export function now(id: string, given: Given = {}): Tenant {
  return tenant(id, { claims: claimsOf(id, given.placement ?? 'eu-1'), ...given });
}
