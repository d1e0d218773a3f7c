import { canonicalHost, isCoveredByWildcard } from './hosts';
import { cut, expand, placeholders } from './names';
import type { ProductData } from './product';
import { type Report, reportMessage } from './report';
import type { ResolvedHost, ResolvedRoute } from './resolved';

/** Hosts and routes of a tenant, from the product's templates. */

export interface RouteContext {
  readonly id: string;
  readonly apex: string;
  readonly domains: readonly string[];
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
    const name = resolved.some((r) => r.name === first) ? cut(`${first}-${index}`, 'dnsLabel') : first;
    resolved.push({ name, hosts: [...hosts.values()], paths });
  }
  return resolved;
}

/** Every text at a dotted path of the settings; lists on the way give one for each element. */
export function valuesAt(settings: unknown, path: string): unknown[] {
  let values: unknown[] = [settings];
  for (const key of path.split('.')) {
    values = values.flatMap((value) => {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return [];
      const next = (value as Record<string, unknown>)[key];
      return Array.isArray(next) ? next : [next];
    });
  }
  return values.filter((value) => value !== undefined && value !== null);
}

// --- internal ---

/** One host for each value of the template's one placeholder that has many. */
function expandHost(template: string, context: RouteContext): string[] {
  const many = placeholders(template).find((p) => p === 'domain' || p.startsWith('settings.'));
  const base = { id: context.id, apex: context.apex };
  if (many === undefined) return host(expand(template, base), '', context);
  const path = many === 'domain' ? 'domains' : many;
  const values =
    many === 'domain' ? context.domains : valuesAt(context.settings, many.slice('settings.'.length)).map(String);
  return values.flatMap((value, i) => host(expand(template, { ...base, [many]: value }), `${path}[${i}]`, context));
}

function host(text: string, path: string, context: RouteContext): string[] {
  const { host: canonical, problem } = canonicalHost(text);
  if (canonical !== undefined) return [canonical];
  reportMessage(context.report, 'E_TENANT_FIELD', path, problem);
  return [];
}
