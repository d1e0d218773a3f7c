import { oneOf, show } from './errors';
import { formatPath } from './explain';
import { canonicalHost } from './hosts';
import { placeholders } from './names';
import type { ProductScope } from './product-scope';
import { pathPrefixProblem } from './routing';
import type { Service } from './service-schema';

/** What is wrong with the names, hosts and routes of a product. */

export function checkTemplates(scope: ProductScope): void {
  const { names, apex, name: product, routes, shared, roles } = scope.product;
  const known = { id: 'x1', product, environment: 'production' };
  const namespace = scope.template('names.namespace', names.namespace, known, 'id');
  if (namespace !== null && !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(namespace))
    scope.add('names.namespace', `${show(namespace)} can be no namespace`, 'write lower-case letters, digits and "-"');
  const secretPath = scope.template('names.secretPath', names.secretPath, { ...known, name: 'x' }, 'id', 'name');
  if (secretPath !== null && !/^\/?(?!\.\.?(\/|$))[\w+=.@-]+(\/(?!\.\.?(\/|$))[\w+=.@-]+)*$/.test(secretPath))
    scope.add(
      'names.secretPath',
      `${show(secretPath)} can be no path of a store`,
      'write names between single slashes',
    );
  for (const [i, { hosts }] of routes.entries())
    for (const [j, host] of hosts.entries()) checkHost(scope, `routes[${i}].hosts[${j}]`, host);
  for (const [i, { hosts }] of (shared?.routes ?? []).entries()) {
    for (const [j, host] of hosts.entries())
      hostSample(
        scope,
        `shared.routes[${i}].hosts[${j}]`,
        scope.template(`shared.routes[${i}].hosts[${j}]`, host, { apex, cluster: 'x1', region: 'x1' }),
      );
  }
  for (const [role, { groups }] of Object.entries(roles)) {
    for (const [i, group] of groups.entries()) {
      const path = `roles.${role}.groups[${i}]`;
      scope.template(path, group, { id: 'x1', namespace: 'x1', product, role });
      if (group.startsWith('system:'))
        scope.add(path, `${show(group)} is a group of Kubernetes' own`, 'write a group of the identity provider');
    }
  }
}

/** Paths lead to services that answer: the tenant's own, or shared ones. A host may have paths to both. */
export function checkRoutes(scope: ProductScope): void {
  const { routes, services, shared } = scope.product;
  const sharedServices = shared?.services ?? {};
  const seen = new Set<string>();
  for (const [i, route] of routes.entries()) {
    const targets = Object.entries(route.paths).map(([prefix, target]) =>
      typeof target === 'string'
        ? { prefix, name: target, of: 'own' as const }
        : { prefix, name: target.shared, of: 'shared' as const },
    );
    for (const { prefix, name, of } of targets) {
      const place = formatPath(`routes[${i}].paths`, [prefix]);
      checkTarget(
        scope,
        place,
        name,
        of === 'own' ? services : sharedServices,
        of === 'own' ? 'service' : 'shared service',
      );
      checkPrefix(scope, place, prefix, route.hosts, seen);
    }
  }
  const sharedSeen = new Set<string>();
  for (const [i, route] of (shared?.routes ?? []).entries()) {
    for (const [prefix, name] of Object.entries(route.paths)) {
      const place = formatPath(`shared.routes[${i}].paths`, [prefix]);
      checkTarget(scope, place, name, sharedServices, 'service');
      checkPrefix(scope, place, prefix, route.hosts, sharedSeen);
    }
  }
}

// --- internal ---

/** A host of tenants: one for each, or one for each value of one placeholder. */
function checkHost(scope: ProductScope, path: string, host: string): void {
  const { apex } = scope.product;
  const many = placeholders(host).filter((p) => p === 'domain' || p.startsWith('settings.'));
  if (many.length > 1) scope.add(path, `${oneOf(many)} in one host`, 'use one of them');
  for (const name of many) if (name !== 'domain') scope.checkSetting(path, name.slice('settings.'.length), true);
  const values = Object.fromEntries(many.map((name) => [name, 'x.example']));
  hostSample(scope, path, scope.template(path, host, { id: 'x1', apex, ...values }));
  if (many.length === 0 && !placeholders(host).includes('id')) {
    scope.add(
      path,
      `${show(host)} is the same host for every tenant`,
      'write {id} in it, or serve it as a shared route',
    );
  }
}

function hostSample(scope: ProductScope, path: string, host: string | null): void {
  const problem = host === null ? undefined : canonicalHost(host).problem;
  if (problem !== undefined) scope.add(path, problem.split(' - ')[0] ?? '', 'write a template such as {id}.{apex}');
}

function checkTarget(
  scope: ProductScope,
  place: string,
  name: string,
  services: Readonly<Record<string, Service>>,
  kind: string,
): void {
  scope.known(place, kind, name, Object.keys(services));
  if (services[name] !== undefined && services[name].port === null)
    scope.add(place, `the service ${show(name)} has no port`, `write port: ... in services.${name}`);
}

function checkPrefix(
  scope: ProductScope,
  place: string,
  prefix: string,
  hosts: readonly string[],
  seen: Set<string>,
): void {
  const problem = pathPrefixProblem(prefix);
  if (problem !== null) scope.add(place, problem, 'write another path');
  for (const key of hosts.map((host) => `${host} ${prefix.replace(/(?!^)\/$/, '')}`)) {
    if (seen.has(key)) scope.add(place, `${show(key.replace(' ', ''))} is routed already`, 'remove one of them');
    seen.add(key);
  }
}
