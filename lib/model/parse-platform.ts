import { type Problem, show, suggest } from './errors';
import { parseWith } from './explain';
import { type ProductModel, parseProduct } from './parse-product';
import { type Platform, type PlatformData, platformSchema } from './platform';
import type { Product } from './product';
import { window } from './schedule';

/** A platform after parsing: every default applied, every name inside it known to exist. */
export interface PlatformModel extends PlatformData {
  readonly file: string;
  readonly products: ReadonlyMap<string, ProductModel>;
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
  const products = new Map<string, ProductModel>();
  const all: Problem[] = [...problems];
  for (const [i, product] of value.products.entries()) {
    if (!isProduct(product)) {
      all.push({
        code: 'E_PLATFORM_FIELD',
        file,
        path: `products[${i}]`,
        found: `expected what defineProduct returns, got ${show(product)}`,
        fix: 'import the product and name it here',
      });
      continue;
    }
    const parsed = parseProduct(product, file);
    all.push(...parsed.problems);
    if (products.has(product.name))
      all.push({
        code: 'E_PLATFORM_FIELD',
        file,
        path: `products[${i}]`,
        found: `two products named ${show(product.name)}`,
        fix: 'rename one of them',
      });
    if (parsed.product !== null) products.set(product.name, parsed.product);
  }
  if (value.products.length === 0)
    all.push({
      code: 'E_PLATFORM_FIELD',
      file,
      path: 'products',
      found: 'expected at least one product, got []',
      fix: 'import one from tenantry/products, or define your own',
    });
  if (data === null) return { platform: null, problems: all };
  const model: PlatformModel = { ...data, file, products };
  all.push(...crossReferences(model), ...digestProblems(model), ...apexProblems(model));
  return { platform: all.length === 0 ? model : null, problems: all };
}

// --- internal ---

function isPlatform(value: unknown): value is Platform {
  return (
    typeof value === 'object' &&
    value !== null &&
    (value as { kind?: unknown }).kind === 'tenantry.platform' &&
    Array.isArray((value as { products?: unknown }).products)
  );
}

function isProduct(value: unknown): value is Product {
  return typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'tenantry.product';
}

function crossReferences(platform: PlatformModel): Problem[] {
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
    for (const product of cluster.products ?? [])
      known(`${path}.products`, 'product', product, [...platform.products.keys()]);
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
  for (const [name, store] of Object.entries(platform.backupStores))
    known(`backupStores.${name}.region`, 'region', store.region, regions);
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
