import { oneOf, show } from './errors';
import { formatPath } from './explain';
import { canonicalHost, isCoveredByWildcard, isUnder } from './hosts';
import { cut, expand, placeholders } from './names';
import type { Route } from './product';
import { type Report, reportMessage } from './report';
import type { ResolvedHost, ResolvedRoute } from './resolved';
import type { Service } from './service-schema';

/** Hosts and routes of a tenant, from the product's templates. */

export interface RouteContext {
  readonly id: string;
  readonly apex: string;
  /** Canonical, null for those that are none. */
  readonly domains: readonly (string | null)[];
  readonly settings: unknown;
  /** Hosts that the tenant has by its id, whatever it asks for. */
  readonly given: ReadonlySet<string>;
  /** Where each host was written: a path in the tenant's file, `id` for one that follows from the id. Filled as hosts are found. */
  readonly origins: Map<string, string>;
  readonly report: Report;
}

/** The context of some routes, own and shared ones alike. */
export function routeContext(
  routes: readonly Pick<Route, 'hosts'>[],
  context: Omit<RouteContext, 'given' | 'origins'>,
): RouteContext {
  const templates = routes.flatMap(({ hosts }) => hosts).filter((template) => manyIn(template) === undefined);
  const given = templates.flatMap(
    (template) => canonicalHost(expand(template, { id: context.id, apex: context.apex })).host ?? [],
  );
  return { ...context, given: new Set(given), origins: new Map() };
}

/** Routes that lead to services of one namespace. */
export interface RoutedServices {
  readonly services: Readonly<Record<string, Pick<Service, 'port'>>>;
  /** Names of those that are switched on. */
  readonly enabled: ReadonlySet<string>;
}

/** Resolves every route that leads to a service which is switched on and has a host. */
export function resolveRoutes(
  { services, enabled }: RoutedServices,
  routes: readonly RouteInput[],
  context: RouteContext,
): ResolvedRoute[] {
  const resolved: ResolvedRoute[] = [];
  const { given, origins } = context;
  for (const [index, route] of routes.entries()) {
    const paths = Object.entries(route.paths)
      .filter(([, service]) => enabled.has(service))
      .map(([path, service]) => ({ path, service, port: services[service]?.port ?? 0 }))
      .sort((a, b) => b.path.length - a.path.length || (a.path < b.path ? -1 : 1));
    const hosts = new Map<string, ResolvedHost>();
    for (const template of route.hosts) {
      for (const { host, path } of expandHost(template, context)) {
        if (!template.includes('{apex}') && isUnder(host, context.apex) && !given.has(host))
          context.report(
            'E_HOST',
            path,
            `${show(host)} lies under ${context.apex}, below which hosts are given by id`,
            given.size === 0
              ? 'write a domain of the tenant’s own'
              : `write ${oneOf([...given])}, or a domain of its own`,
          );
        if (path !== 'id' || !origins.has(host)) origins.set(host, path);
        const kind = isCoveredByWildcard(host, context.apex) ? 'platform' : 'custom';
        hosts.set(host, { host, kind, ...(path === 'id' ? {} : { origin: path }) });
      }
    }
    if (hosts.size === 0 || paths.length === 0) continue;
    const first = paths.at(-1)?.service ?? 'route';
    let name = first;
    while (resolved.some((r) => r.name === name)) name = cut(`${name}-${index}`, 'dnsLabel');
    resolved.push({ name, hosts: [...hosts.values()], health: route.health, paths });
  }
  return resolved;
}

/** Every host and path leads to one backend; templates that differ can come to one host. */
export function checkPaths(
  routes: readonly ResolvedRoute[],
  { origins, report }: Pick<RouteContext, 'origins' | 'report'>,
  product: { readonly path: string; readonly file: string },
): void {
  const seen = new Map<string, string>();
  for (const { hosts, paths } of routes) {
    for (const { host } of hosts) {
      for (const { path, service } of paths) {
        const key = `${host}${path.replace(/\/$/, '')}`;
        const before = seen.get(key);
        seen.set(key, before ?? service);
        if (before === undefined) continue;
        const origin = origins.get(host) ?? 'id';
        const found = `${show(`${host}${path}`)} leads to ${before} already, and to ${service}`;
        if (origin === 'id') report('E_HOST', product.path, found, 'remove one of the two', product.file);
        else report('E_HOST', origin, found, 'write a host that no other route has');
      }
    }
  }
}

/** The routes to a tenant's own services, and those to shared ones. */
export function splitRoutes(routes: readonly Route[]): { readonly own: RouteInput[]; readonly shared: RouteInput[] } {
  const to = (isShared: boolean) =>
    routes.flatMap((route): RouteInput[] => {
      const paths = Object.entries(route.paths).flatMap(([path, target]): [string, string][] => {
        if (typeof target === 'string') return isShared ? [] : [[path, target]];
        return isShared ? [[path, target.shared]] : [];
      });
      return paths.length === 0 ? [] : [{ ...route, paths: Object.fromEntries(paths) }];
    });
  return { own: to(false), shared: to(true) };
}

/** Hosts by the services that answer on them. */
export function hostsByService(routes: readonly ResolvedRoute[]): Record<string, string[]> {
  const hosts: Record<string, string[]> = {};
  for (const route of routes) {
    for (const { service } of route.paths) {
      const all = [...(hosts[service] ?? []), ...route.hosts.map(({ host }) => host)];
      hosts[service] = [...new Set(all)];
    }
  }
  return hosts;
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

/** A route whose paths lead to services of one namespace. */
interface RouteInput extends Omit<Route, 'paths'> {
  readonly paths: Readonly<Record<string, string>>;
}

function manyIn(template: string): string | undefined {
  return placeholders(template).find((p) => p === 'domain' || p.startsWith('settings.'));
}

interface HostAt {
  readonly host: string;
  /** Where the tenant wrote it. */
  readonly path: string;
}

/** One host for each value of the template's one placeholder that has many. */
function expandHost(template: string, context: RouteContext): HostAt[] {
  const many = manyIn(template);
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

function host(text: string, path: string, context: RouteContext): HostAt[] {
  const { host: canonical, problem } = canonicalHost(text);
  if (canonical !== undefined) return [{ host: canonical, path }];
  reportMessage(context.report, 'E_TENANT_FIELD', path, problem);
  return [];
}
