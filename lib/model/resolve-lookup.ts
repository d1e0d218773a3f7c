import { show } from './errors';
import type { Offer } from './offer';
import type { ProductModel } from './parse-product';
import type { Cluster } from './platform';
import type { Report } from './report';
import type { ResolvedRoute, SharedNamespace } from './resolved';
import { publicAddress } from './shared-hosts';
import type { Parts, Reference, TenantField } from './values';

/** What references of a product come to for one tenant. */

export interface LookupContext {
  readonly product: ProductModel;
  readonly facts: Readonly<Record<TenantField, string>>;
  readonly settings: unknown;
  readonly limits: Readonly<Record<string, number | 'unlimited'>>;
  readonly features: Readonly<Record<string, boolean>>;
  readonly offers: readonly Offer[];
  readonly shared: SharedNamespace | null;
  readonly endpoints: Cluster['endpoints'];
  readonly clusterName: string;
  readonly report: Report;
}

/** The function that looks references up. */
export function lookupFor(context: LookupContext): (reference: Reference) => Parts {
  const { product, facts, settings, limits, features, offers, shared, endpoints, clusterName, report } = context;
  return ({ source, name, output }) => {
    switch (source) {
      case 'tenant':
        return [facts[name as TenantField]];
      case 'setting':
        return [settingText(settings, name)];
      case 'limit':
        return [String(limits[name] ?? '')];
      case 'feature':
        return [String(features[name] === true)];
      case 'service':
        return [address(output, name, product.services[name]?.port ?? null)];
      case 'shared':
        return [address(output, `${name}.${shared?.namespace ?? ''}.svc.cluster.local`, shared?.ports[name] ?? null)];
      case 'public':
        return [publicAddress(product, name, { cluster: clusterName, region: facts.region }) ?? ''];
      case 'endpoint': {
        const found = Object.hasOwn(endpoints, name) ? endpoints[name] : undefined;
        if (found === undefined)
          report(
            'E_TENANT_PLAN',
            'placement',
            `${product.name} calls ${show(name)}, which ${show(clusterName)} does not offer`,
            `write clusters.${clusterName}.endpoints.${name} in the platform, or place the tenant elsewhere`,
          );
        return [found?.url ?? ''];
      }
      case 'item':
        throw new Error(`item(${show(name)}) means something in rows with "each" only`);
      case 'backing': {
        const parts = offers.find((offer) => offer.name === name)?.outputs[output];
        if (parts !== undefined) return parts;
        const isOff = product.backing.some(
          (b) => b.name === name && b.feature !== null && features[b.feature] !== true,
        );
        // One that could not be provided has its own problem already.
        if (isOff)
          report(
            'E_TENANT_PLAN',
            'features',
            `a service needs ${name}.${output}, and ${name} is switched off`,
            `switch on the feature of ${name}, or the service off`,
          );
        return [''];
      }
    }
  };
}

/** What a tenant knows of its product's shared services. */
export function sharedNamespace({ shared }: ProductModel): SharedNamespace | null {
  if (shared === null) return null;
  const services = Object.entries(shared.services);
  const callers: Record<string, string[]> = {};
  for (const [name, { callsTenants }] of services)
    for (const called of callsTenants) callers[called] = [...(callers[called] ?? []), name];
  const accounts = services.flatMap(([name, { identity }]) => {
    const account = identity === null ? undefined : shared.identities[identity]?.serviceAccount;
    return account === undefined ? [] : [[name, account] as const];
  });
  return {
    namespace: shared.namespace,
    ports: Object.fromEntries(services.flatMap(([name, { port }]) => (port === null ? [] : [[name, port] as const]))),
    callers,
    accounts: Object.fromEntries(accounts),
  };
}

/** What is at a dotted path of plain data; undefined where nothing is. */
export function valueAt(data: unknown, path: string): unknown {
  let value: unknown = data;
  for (const key of path.split('.')) {
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Record<string, unknown>)[key]
        : undefined;
  }
  return value;
}

/** Hosts of all routes, each once, the first one first. */
export function hostsOf(routes: readonly ResolvedRoute[]): string[] {
  return [...new Set(routes.flatMap((route) => route.hosts.map(({ host }) => host)))];
}

// --- internal ---

function address(output: string, host: string, port: number | null): string {
  if (output === 'host') return host;
  return port === null ? `http://${host}` : `http://${host}:${port}`;
}

/** A setting as text: what is not a string is JSON, so that lists and numbers keep their meaning. */
function settingText(settings: unknown, path: string): string {
  const value = valueAt(settings, path);
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
}
