import { type Problem, show } from './errors';
import { expand } from './names';
import type { PlatformModel } from './parse-platform';
import type { ProductModel } from './parse-product';

/**
 * Hosts of a product's shared services: the same for all tenants of a cluster, and another on each cluster. Two clusters that served one
 * would have a database each behind it, and DNS would send a client to either.
 */

/** Where shared services run. */
export interface SharedPlace {
  readonly cluster: string;
  readonly region: string;
}

/** A shared host's template with what tells clusters apart in place; `{apex}` stays. */
export function placedHost(template: string, { cluster, region }: SharedPlace): string {
  return template.replaceAll('{cluster}', cluster).replaceAll('{region}', region);
}

/** Hosts of a product's shared services in one place. */
export function sharedHosts({ shared, apex }: ProductModel, place: SharedPlace): string[] {
  return (shared?.routes ?? []).flatMap(({ hosts }) => hosts.map((host) => expand(placedHost(host, place), { apex })));
}

/** Address of a shared service as browsers reach it: the first host whose route leads to it, at its shortest path. */
export function publicAddress({ shared, apex }: ProductModel, service: string, place: SharedPlace): string | undefined {
  for (const { hosts, paths } of shared?.routes ?? []) {
    const [path] = Object.keys(paths)
      .filter((prefix) => paths[prefix] === service)
      .sort((a, b) => a.length - b.length);
    if (path !== undefined && hosts[0] !== undefined)
      return `https://${expand(placedHost(hosts[0], place), { apex })}${path.replace(/\/$/, '')}`;
  }
  return undefined;
}

/** Every shared host of every cluster, and whose it is. */
export function allSharedHosts(platform: PlatformModel): { readonly host: string; readonly owner: string }[] {
  const owners = new Map<string, string>();
  for (const { product, place } of places(platform))
    for (const host of sharedHosts(product, place)) owners.set(host, product.name);
  return Array.from(owners, ([host, owner]) => ({ host, owner }));
}

/** Shared hosts that two clusters would both serve. */
export function sharedHostProblems(platform: PlatformModel): Problem[] {
  const problems: Problem[] = [];
  const servedBy = new Map<string, string>();
  for (const { product, place } of places(platform)) {
    for (const host of new Set(sharedHosts(product, place))) {
      // Those of two products are told apart by their zones.
      const key = `${product.name} ${host}`;
      const other = servedBy.get(key);
      servedBy.set(key, other ?? place.cluster);
      if (other === undefined) continue;
      const isFar = platform.clusters[other]?.region !== place.region;
      problems.push({
        code: 'E_HOST',
        file: platform.file,
        path: `products.${product.name}.shared.routes`,
        found: `${show(host)} is served by ${other} and by ${place.cluster}, each with data of its own`,
        fix: `write ${isFar ? '{region} or {cluster}' : '{cluster}'} in it, or offer the product on one cluster by clusters.<name>.products`,
      });
    }
  }
  return problems;
}

// --- internal ---

/** Each cluster with each product that it offers and that has shared services. */
function places({ clusters, products }: PlatformModel) {
  return Object.entries(clusters).flatMap(([cluster, { region, products: offered }]) =>
    [...products.values()]
      .filter(({ name, shared }) => shared !== null && (offered === null || offered.includes(name)))
      .map((product) => ({ product, place: { cluster, region } })),
  );
}
