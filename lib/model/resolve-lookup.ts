import type { Offer } from './offer';
import type { ProductModel } from './parse-product';
import type { Report } from './report';
import type { ResolvedRoute, SharedNamespace } from './resolved';
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
  readonly report: Report;
}

/** The function that looks references up. */
export function lookupFor(context: LookupContext): (reference: Reference) => Parts {
  const { product, facts, settings, limits, features, offers, shared, report } = context;
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
export function sharedNamespace(product: ProductModel): SharedNamespace | null {
  if (product.shared === null) return null;
  const ports = Object.entries(product.shared.services).flatMap(([name, { port }]) =>
    port === null ? [] : [[name, port] as const],
  );
  return { namespace: product.shared.namespace, ports: Object.fromEntries(ports) };
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
  let value: unknown = settings;
  for (const key of path.split('.')) {
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Record<string, unknown>)[key]
        : undefined;
  }
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
}
