import { show } from './errors';
import { formatPath } from './explain';
import { canonicalHost, isCoveredByWildcard } from './hosts';
import { cut, expand, placeholders } from './names';
import type { ProductData } from './product';
import { type Report, reportMessage } from './report';
import type { ResolvedHost, ResolvedRoute } from './resolved';

/** Hosts and routes of a tenant, from the product's templates. */

export interface RouteContext {
  readonly id: string;
  readonly apex: string;
  /** Canonical, null for those that are none. */
  readonly domains: readonly (string | null)[];
  readonly settings: unknown;
  /** Names of the services that are switched on. */
  readonly enabled: ReadonlySet<string>;
  readonly report: Report;
}

/** Resolves every route that leads to a service which is switched on and has a host. */
export function resolveRoutes(
  product: Pick<ProductData, 'services'>,
  routes: ProductData['routes'],
  context: RouteContext,
): ResolvedRoute[] {
  const resolved: ResolvedRoute[] = [];
  for (const [index, route] of routes.entries()) {
    const paths = Object.entries(route.paths)
      .filter(([, service]) => context.enabled.has(service))
      .map(([path, service]) => ({ path, service, port: product.services[service]?.port ?? 0 }))
      .sort((a, b) => b.path.length - a.path.length || (a.path < b.path ? -1 : 1));
    const hosts = new Map<string, ResolvedHost>();
    for (const template of route.hosts) {
      for (const host of expandHost(template, context)) {
        const kind = isCoveredByWildcard(host, context.apex) ? 'platform' : 'custom';
        hosts.set(host, { host, kind });
      }
    }
    if (hosts.size === 0 || paths.length === 0) continue;
    const first = paths.at(-1)?.service ?? 'route';
    let name = first;
    while (resolved.some((r) => r.name === name)) name = cut(`${name}-${index}`, 'dnsLabel');
    resolved.push({ name, hosts: [...hosts.values()], paths });
  }
  return resolved;
}

/** A value inside the settings, and where it is. */
export interface SettingValue {
  readonly path: string;
  readonly value: unknown;
}

/** Every value at a dotted path of the settings; lists on the way give one for each element. */
export function valuesAt(settings: unknown, path: string): SettingValue[] {
  let found: SettingValue[] = [{ path: 'settings', value: settings }];
  for (const key of path.split('.')) {
    found = found.flatMap(({ path: above, value }) => {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return [];
      const next = (value as Record<string, unknown>)[key];
      const place = formatPath(above, [key]);
      if (!Array.isArray(next)) return [{ path: place, value: next }];
      return next.map((each: unknown, i) => ({ path: formatPath(place, [i]), value: each }));
    });
  }
  return found.filter(({ value }) => value !== undefined && value !== null);
}

// --- internal ---

/** One host for each value of the template's one placeholder that has many. */
function expandHost(template: string, context: RouteContext): string[] {
  const many = placeholders(template).find((p) => p === 'domain' || p.startsWith('settings.'));
  const base = { id: context.id, apex: context.apex };
  if (many === undefined) return host(expand(template, base), 'id', context);
  const values =
    many === 'domain'
      ? context.domains.flatMap((domain, i) => (domain === null ? [] : [{ path: `domains[${i}]`, value: domain }]))
      : valuesAt(context.settings, many.slice('settings.'.length));
  return values.flatMap(({ path, value }) => {
    // An object's text would say nothing.
    const text = typeof value === 'object' ? show(value) : String(value);
    return host(expand(template, { ...base, [many]: text }), path, context);
  });
}

function host(text: string, path: string, context: RouteContext): string[] {
  const { host: canonical, problem } = canonicalHost(text);
  if (canonical !== undefined) return [canonical];
  reportMessage(context.report, 'E_TENANT_FIELD', path, problem);
  return [];
}
