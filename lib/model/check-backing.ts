import { TAKEN } from './check-services';
import { formatPath, parseWith } from './explain';
import type { BackingService } from './offer';
import type { ProductScope } from './product-scope';
import { withOptions } from './resolve-offers';
import { nameSchema } from './schemas';

/** What is wrong with the backing services of a product. */

export function checkBacking(scope: ProductScope, isShared: boolean): void {
  const { product } = scope;
  const all = isShared ? product.sharedBacking : product.backing;
  const services = isShared ? scope.shared : scope.services;
  const jobs = isShared ? product.shared?.jobs : product.jobs;
  const seen = new Set<string>();
  for (const { name, feature } of all) {
    const path = formatPath(isShared ? 'shared.backing' : 'backing', [name]);
    const wrong = parseWith(nameSchema, name, { code: 'E_PRODUCT_FIELD', file: scope.file }).problems[0];
    if (wrong !== undefined) scope.add(path, wrong.found, wrong.fix);
    if (seen.has(name)) scope.add(path, 'two backing services of one name', 'rename one of them');
    seen.add(name);
    // Own servers are workloads beside the services, and every secret has a path by its name.
    if (services.includes(name) || name in (jobs ?? {}))
      scope.add(path, 'a backing service with the name of a service or job', 'rename one of them');
    if (TAKEN.includes(name)) scope.add(path, 'a name that every tenant has already', 'rename it');
    if (feature !== null && isShared)
      scope.add(`${path}.feature`, 'a shared service has no feature: it serves every tenant', 'remove it');
    else if (feature !== null) scope.known(`${path}.feature`, 'feature', feature, scope.features);
  }
  for (const service of all) checkOptions(scope, service, isShared);
}

// --- internal ---

/** Options are those of the product, with what a plan changes. */
function checkOptions(scope: ProductScope, { name, options, schema }: BackingService, isShared: boolean): void {
  const base = formatPath(isShared ? 'shared.backing' : 'backing', [name]);
  const places = Object.entries(scope.product.plans).map(([plan, { backing }]) => {
    const changed = !isShared && Object.hasOwn(backing, name) ? backing[name] : undefined;
    return { path: changed === undefined ? base : formatPath('plans', [plan, 'backing', name]), changed };
  });
  for (const path of new Set(places.map((place) => place.path))) {
    const changed = places.find((place) => place.path === path)?.changed;
    const place = { code: 'E_PRODUCT_FIELD', file: scope.file, prefix: `${scope.prefix}.${path}` } as const;
    scope.problems.push(...parseWith(schema, withOptions(options, changed), place).problems);
  }
}
