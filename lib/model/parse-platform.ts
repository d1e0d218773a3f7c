import { bucketProblem } from './backup-bucket';
import { type Problem, show, suggest } from './errors';
import { parseWith } from './explain';
import { expand } from './names';
import { contains, METADATA } from './networks';
import { operatedProblems } from './operated-names';
import { egressProblem } from './outside';
import { type ProductModel, parseProduct } from './parse-product';
import { type Cluster, type Platform, type PlatformData, platformSchema } from './platform';
import type { Product } from './product';
import type { Space } from './resolved';
import { rowSecurityOf } from './row-security';
import { window } from './schedule';
import { sharedHostProblems } from './shared-hosts';
import { sharedSpaces } from './shared-spaces';
import { storeKey } from './store-key';

/** A platform after parsing: every default applied, every name inside it known to exist. */
export interface PlatformModel extends PlatformData {
  readonly file: string;
  readonly products: ReadonlyMap<string, ProductModel>;
  /** Shared namespaces by cluster and product. */
  readonly shared: ReadonlyMap<string, ReadonlyMap<string, Space>>;
}

/** Checks what a registry's platform file exports. */
export function parsePlatform(
  value: unknown,
  file: string,
): { readonly platform: PlatformModel | null; readonly problems: readonly Problem[] } {
  if (!isPlatform(value)) {
    const found = `expected what definePlatform returns, got ${show(value)}`;
    return {
      platform: null,
      problems: [
        {
          code: 'E_REGISTRY_PLATFORM',
          file,
          path: '',
          found,
          fix: 'write export const { platform, defineTenant } = definePlatform({ ... })',
        },
      ],
    };
  }
  const { data, problems } = parseWith(platformSchema, value.input, { code: 'E_PLATFORM_FIELD', file });
  const all: Problem[] = [...problems];
  const add = (path: string, found: string, fix: string) =>
    all.push({ code: 'E_PLATFORM_FIELD', file, path, found, fix });
  const products = new Map<string, ProductModel>();
  const names = new Set<string>();
  // In plain JavaScript it may be anything.
  const given: unknown = value.products;
  if (!Array.isArray(given)) add('products', `expected a list, got ${show(given)}`, 'write products: [...]');
  else if (given.length === 0)
    add('products', 'expected at least one product, got []', 'import one from tenantry/products, or define your own');
  for (const [i, product] of (Array.isArray(given) ? given : []).entries()) {
    const path = `products[${i}]`;
    if (!isProduct(product)) {
      add(path, `expected what defineProduct returns, got ${show(product)}`, 'import the product and name it here');
      continue;
    }
    if (names.has(product.name)) add(path, `two products named ${show(product.name)}`, 'rename one of them');
    names.add(product.name);
    const parsed = parseProduct(product, file);
    all.push(...parsed.problems);
    if (parsed.product !== null) products.set(product.name, parsed.product);
  }
  if (data === null) return { platform: null, problems: all };
  const model: PlatformModel = { ...data, file, products, shared: new Map() };
  all.push(
    ...crossReferences(model, [...names]),
    ...digestProblems(model),
    ...apexProblems(model),
    ...namespaceProblems(model),
    ...addressProblems(model),
    ...storeProblems(model),
    ...sharedHostProblems(model),
    ...operatedProblems(file, products.values()),
  );
  if (all.length > 0) return { platform: null, problems: all };
  const { shared, problems: lacking } = sharedSpaces(model);
  return { platform: lacking.length === 0 ? { ...model, shared } : null, problems: lacking };
}

// --- internal ---

function isPlatform(value: unknown): value is Platform {
  return typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'tenantry.platform';
}

function isProduct(value: unknown): value is Product {
  return typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'tenantry.product';
}

/** @param offered names of all products, those with problems of their own too */
function crossReferences(platform: PlatformModel, offered: readonly string[]): Problem[] {
  const problems: Problem[] = [];
  const known = (path: string, kind: string, name: string, names: readonly string[]) => {
    if (names.includes(name)) return;
    problems.push({
      code: 'E_PLATFORM_FIELD',
      file: platform.file,
      path,
      found: `unknown ${kind} ${show(name)}`,
      fix: names.length === 0 ? `declare a ${kind} first` : suggest(name, names),
    });
  };
  const regions = Object.keys(platform.regions);
  if (Object.keys(platform.clusters).length === 0) {
    problems.push({
      code: 'E_PLATFORM_FIELD',
      file: platform.file,
      path: 'clusters',
      found: 'expected at least one cluster, got {}',
      fix: 'describe the cluster that tenants are placed on',
    });
  }
  for (const [name, cluster] of Object.entries(platform.clusters)) {
    const path = `clusters.${name}`;
    known(`${path}.region`, 'region', cluster.region, regions);
    for (const product of cluster.products ?? []) known(`${path}.products`, 'product', product, offered);
    known(`${path}.backupStore`, 'backup store', cluster.backupStore, Object.keys(platform.backupStores));
    for (const [engine, server] of Object.entries(cluster.servers)) {
      if (server === undefined) continue;
      const ofEngine = Object.entries(platform.servers).filter(([, s]) => s.engine === engine);
      known(
        `${path}.servers.${engine}`,
        `${engine} server`,
        server,
        ofEngine.map(([n]) => n),
      );
    }
  }
  for (const [name, server] of Object.entries(platform.servers))
    known(`servers.${name}.region`, 'region', server.region, regions);
  for (const [name, store] of Object.entries(platform.backupStores)) {
    known(`backupStores.${name}.region`, 'region', store.region, regions);
    if (store.server === null) continue;
    known(`backupStores.${name}.server`, 'server', store.server, Object.keys(platform.servers));
    const server = platform.servers[store.server];
    const problem = server === undefined ? null : bucketProblem(store, server);
    if (problem === null) continue;
    const { field, ...rest } = problem;
    problems.push({ code: 'E_PLATFORM_FIELD', file: platform.file, path: `backupStores.${name}.${field}`, ...rest });
  }
  const backupWindow = window(platform.backup.window);
  if (backupWindow.problem !== undefined) {
    problems.push({
      code: 'E_PLATFORM_FIELD',
      file: platform.file,
      path: 'backup.window',
      found: backupWindow.problem,
      fix: 'write two different times',
    });
  }
  return problems;
}

function digestProblems(platform: PlatformModel): Problem[] {
  if (!platform.requireDigests) return [];
  const images: [string, string][] = [['backup.image', platform.backup.image]];
  for (const product of platform.products.values()) {
    for (const [name, service] of Object.entries(product.services))
      images.push([`products.${product.name}.services.${name}.image`, service.image]);
    for (const [name, service] of Object.entries(product.shared?.services ?? {}))
      images.push([`products.${product.name}.shared.services.${name}.image`, service.image]);
    const rows = product.shared?.projection?.rows ?? null;
    if (rows !== null) images.push([`products.${product.name}.shared.projection.rows.image`, rows.image]);
    const security = rowSecurityOf(product);
    if (security !== null) images.push([`products.${product.name}.backing (postgresqlRows).image`, security.image]);
  }
  return images
    .filter(([, image]) => !image.includes('@sha256:'))
    .map(([path, image]) => ({
      code: 'E_PLATFORM_FIELD',
      file: platform.file,
      path,
      found: `${show(image)} has no digest, and requireDigests demands one`,
      fix: 'write image:tag@sha256:... as the registry reports it',
    }));
}

/** Hosts of two products below one apex could collide in ways that no tenant file shows. */
function apexProblems(platform: PlatformModel): Problem[] {
  const problems: Problem[] = [];
  const products = [...platform.products.values()];
  for (const [i, a] of products.entries()) {
    for (const b of products.slice(0, i)) {
      if (a.apex !== b.apex && !a.apex.endsWith(`.${b.apex}`) && !b.apex.endsWith(`.${a.apex}`)) continue;
      problems.push({
        code: 'E_HOST',
        file: platform.file,
        path: `products.${a.name}.apex`,
        found: `${show(a.apex)} and ${b.name}'s ${show(b.apex)} overlap`,
        fix: 'give each product a zone of its own',
      });
    }
  }
  return problems;
}

/** A namespace has one owner: what `_platform` makes twice would be taken in turns. */
function namespaceProblems(platform: PlatformModel): Problem[] {
  const owners = new Map<string, string>([
    [platform.backup.namespace, 'the retention of backups'],
    ['kube-system', 'Kubernetes'],
    ['default', 'Kubernetes'],
  ]);
  for (const { routing } of Object.values(platform.clusters))
    owners.set(routing.kind === 'gateway' ? routing.gateway.namespace : routing.namespace, 'routing');
  return [...platform.products.values()].flatMap(({ name, shared }): Problem[] => {
    if (shared === null) return [];
    const owner = owners.get(shared.namespace);
    owners.set(shared.namespace, `the shared services of ${name}`);
    if (owner === undefined) return [];
    const found = `${show(shared.namespace)} is the namespace of ${owner}`;
    const path = `products.${name}.shared.namespace`;
    return [{ code: 'E_PLATFORM_FIELD', file: platform.file, path, found, fix: 'write one of its own' }];
  });
}

/** Addresses that no policy can open, and servers that two names stand for: their databases would be claimed twice. */
function addressProblems(platform: PlatformModel): Problem[] {
  const { file, servers, backupStores } = platform;
  const problems: Problem[] = [];
  const add = (path: string, found: string, fix: string) =>
    problems.push({ code: 'E_PLATFORM_FIELD', file, path, found, fix });
  const seen = new Map<string, string>();
  for (const [name, { host, port, peer }] of Object.entries(servers)) {
    // Inside a cluster the same name is another server in another cluster.
    if ('namespace' in peer) continue;
    const other = seen.get(`${host}:${port}`);
    if (other !== undefined)
      add(`servers.${name}`, `${show(`${host}:${port}`)} is ${other} already`, 'remove one of them');
    seen.set(`${host}:${port}`, name);
  }
  for (const [map, entries] of Object.entries({ servers, backupStores })) {
    for (const [name, { peer }] of Object.entries(entries)) {
      const metadata = 'cidr' in peer ? METADATA.find((range) => contains(range, peer.cidr)) : undefined;
      if (metadata !== undefined)
        add(`${map}.${name}.peer.cidr`, `it lies in ${metadata}, clouds' metadata`, 'write where it really lies');
      const inside = 'cidr' in peer ? ofClusters(platform).find(({ range }) => contains(range, peer.cidr)) : undefined;
      if (inside !== undefined) {
        const found = `it lies in ${inside.range}, the ${inside.what} of ${inside.cluster}`;
        add(`${map}.${name}.peer`, found, 'write { namespace, podLabels } for what runs in the cluster');
      }
    }
  }
  // What tenants reach is checked with each; shared services run wherever their product is on offer.
  for (const [clusterName, cluster] of Object.entries(platform.clusters)) {
    for (const { name, shared } of offeredOn(platform, cluster)) {
      for (const [service, { egress }] of Object.entries(shared?.services ?? {})) {
        for (const [i, { to }] of egress.entries()) {
          const problem = egressProblem(to, cluster);
          const path = `products.${name}.shared.services.${service}.egress[${i}].to`;
          if (problem !== null) add(path, `${problem} on ${clusterName}`, 'write a range outside of it');
        }
      }
    }
  }
  return problems;
}

/** Ranges that only names of namespaces may open. */
function ofClusters({ clusters }: PlatformModel) {
  return Object.entries(clusters).flatMap(([cluster, { podCidrs, serviceCidrs }]) => [
    ...podCidrs.map((range) => ({ cluster, range, what: 'pods' })),
    ...serviceCidrs.map((range) => ({ cluster, range, what: 'services' })),
  ]);
}

/** Templates of secret stores, and secret paths that a store cannot hold. */
function storeProblems(platform: PlatformModel): Problem[] {
  const problems: Problem[] = [];
  const sample = { id: 'x1', namespace: 'x1-space' };
  for (const [clusterName, cluster] of Object.entries(platform.clusters)) {
    const { secretStore: store } = cluster;
    const field = store.kind === 'vault' ? 'role' : store.kind === 'kubernetes' ? 'namespace' : 'roleArn';
    const path = `clusters.${clusterName}.secretStore.${field}`;
    const add = (found: string, fix: string, where = path) =>
      problems.push({ code: 'E_PLATFORM_FIELD', file: platform.file, path: where, found, fix });
    const template =
      store.kind === 'vault' ? store.role : store.kind === 'kubernetes' ? store.namespace : store.roleArn;
    const expanded = tried(() => expand(template, sample), add);
    if (store.kind === 'vault') {
      if (expanded === template)
        add(`${show(template)} is one role for all, and each would read what all may`, 'write {namespace}');
      for (const { name: product, names } of offeredOn(platform, cluster)) {
        if (!/[+*]/.test(names.secretPath)) continue;
        const found = `${show(names.secretPath)} has "+" or "*" in it, which policies of Vault take for any text`;
        add(found, 'write other characters', `products.${product}.names.secretPath`);
      }
    }
    if (store.kind !== 'kubernetes') continue;
    if (expanded === template || expanded === sample.namespace)
      add(`${show(template)} is not a namespace beside each tenant's own`, 'write store-{id}');
    else if (expanded !== null && !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(expanded))
      add(`${show(expanded)} can be no namespace`, 'write lower-case letters, digits and "-"');
    for (const { name: product, names, backing } of offeredOn(platform, cluster)) {
      const where = `products.${product}.names.secretPath`;
      const longest = ['backup', ...backing.map(({ name }) => `${name}-backup`)].sort((a, b) => b.length - a.length)[0];
      const variables = { id: 'x'.repeat(32), product, environment: platform.environment, name: longest ?? '' };
      tried(
        () => storeKey(store.kind, expand(names.secretPath, variables)),
        (found, fix) => add(found, fix, where),
      );
    }
  }
  return problems;
}

function offeredOn(platform: PlatformModel, { products }: Cluster): ProductModel[] {
  return [...platform.products.values()].filter(({ name }) => products === null || products.includes(name));
}

/** What a function gives, or null and the message of its error in two halves. */
function tried(make: () => string, report: (found: string, fix: string) => void): string | null {
  try {
    return make();
  } catch (error) {
    const [found = '', fix = 'write another one'] = (error as Error).message.split(' - ');
    report(found, fix);
    return null;
  }
}
