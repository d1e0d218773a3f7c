import { type Problem, show } from './errors';
import type { BackingService } from './offer';
import type { ProductModel } from './parse-product';
import type { Service } from './service-schema';

/** Objects that operators make beside a server of a tenant's own, and that a service of a product is not to be called like. */

/** Names of services that are taken by an operator wherever the server is a tenant's own: plans and overrides decide on that. */
export function operatedProblems(file: string, products: Iterable<ProductModel>): Problem[] {
  return Array.from(products).flatMap(({ name, services, backing, shared, sharedBacking }) => [
    ...taken(file, `products.${name}.services`, services, backing),
    ...taken(file, `products.${name}.shared.services`, shared?.services ?? {}, sharedBacking),
  ]);
}

// --- internal ---

/**
 * Ends of the names of an operator's Services and PodDisruptionBudgets, by kind of backing service (CloudNativePG's documentation,
 * "Service management"; mariadb-operator's `internal` is the headless one of its StatefulSet). What bears the server's own name is
 * no matter: no service has the name of a backing service.
 */
const ENDS: Readonly<Record<string, { readonly operator: string; readonly ends: readonly string[] }>> = {
  mysql: { operator: 'mariadb-operator', ends: ['internal'] },
  postgresql: { operator: 'CloudNativePG', ends: ['rw', 'ro', 'r', 'primary'] },
};

function taken(
  file: string,
  path: string,
  services: Readonly<Record<string, Service>>,
  backing: readonly BackingService[],
): Problem[] {
  return backing.flatMap(({ kind, name }): Problem[] => {
    const made = Object.hasOwn(ENDS, kind) ? ENDS[kind] : undefined;
    if (made === undefined) return [];
    const clashes = made.ends.map((end) => `${name}-${end}`).filter((each) => Object.hasOwn(services, each));
    return clashes.map((service) => ({
      code: 'E_PRODUCT_FIELD',
      file,
      path: `${path}.${service}`,
      found: `${made.operator} has objects called ${show(service)} where ${show(name)} is a server of a tenant's own`,
      fix: 'rename the service',
    }));
  });
}
