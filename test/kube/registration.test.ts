import { App } from 'cdk8s';
import { tenantKinds } from '../../lib/kube/kinds';
import { objectsOf, registrationObjects } from '../../lib/kube/manifests';
import { Registration, registrationKinds } from '../../lib/kube/registration';
import { SpaceParts } from '../../lib/kube/space';
import type { PlatformData, Routing } from '../../lib/model/platform';
import type { ResolvedHost, ResolvedRoute, Tenant } from '../../lib/model/resolved';
import { backup, cluster, database, type Manifest, manifests, only, secretPart, tenant, web } from './fixture';
import { gateway, ingress, route, traefik } from './routes/routings';

const platform = {
  environment: 'production',
  clusters: { 'eu-1': cluster },
  backupStores: { 's3-eu': backup().store },
  backup: {
    image: 'registry.example/platform/backup:1.0.0',
    window: { from: '22:00', to: '06:00' },
    perMinute: 60,
    namespace: 'tenantry-backup',
  },
} as unknown as PlatformData;

const SHARED = 'nekotab-shared';
const shared = { namespace: SHARED, ports: { portal: 9000 }, callers: { web: ['portal'] }, accounts: {} };
const hosts: ResolvedHost[] = [
  { host: 'acme.nekotab.app', kind: 'platform' },
  { host: 'debates.acme.example', kind: 'custom' },
];
const toPortal: ResolvedRoute = route({ hosts, paths: [{ path: '/portal', service: 'portal', port: 9000 }] });

/** A tenant that adds one of everything. */
function full(routing: Routing = cluster.routing, overrides: Partial<Tenant> = {}): Tenant {
  const outputs = {
    host: ['pg'],
    port: ['5432'],
    user: ['portal'],
    database: ['portal'],
    password: [secretPart('p', 'k')],
  };
  const backing = database({ name: 'portal', outputs });
  return tenant({
    cluster: { ...cluster, routing, secretStore: { kind: 'kubernetes', namespace: '{namespace}-secrets' } },
    shared,
    services: [web({ callsShared: ['portal'] })],
    routes: [],
    sharedRoutes: [toPortal],
    projection: {
      facts: { id: 'acme' },
      secrets: [{ name: 'token', parts: [secretPart('portal', 'token')] }],
      rows: { sql: 'SELECT 1;', backing, image: 'postgres:18' },
    },
    ...overrides,
  });
}

const registered = (of: Tenant) => registrationObjects(platform, of) as unknown as Manifest[];
const named = (of: Tenant) =>
  registered(of)
    .filter(({ metadata }) => metadata.namespace === SHARED)
    .map(({ kind, metadata }) => `${kind} ${metadata.name}`);

const ROUTINGS: readonly [string, Routing][] = [
  ['Envoy Gateway', gateway('envoy-gateway')],
  ['Cilium', gateway('cilium')],
  ['Traefik', traefik],
  ['ingress-nginx', ingress('ingress-nginx')],
];

/** Cilium knows no limit. */
const limited = (routing: Routing) =>
  routing.kind === 'gateway' && routing.controller === 'cilium' ? null : full().rateLimit;
const on = (routing: Routing, overrides: Partial<Tenant> = {}) =>
  full(routing, { rateLimit: limited(routing), ...overrides });

test('a tenant of a product without shared services adds its retention', () => {
  expect(registered(tenant()).map(({ kind }) => kind)).toEqual(['CronJob', 'ExternalSecret']);
});

test('each part is a member of the construct', () => {
  const made = new Registration(new App(), 'acme', { platform, tenant: full() });
  expect(made.sharedNetwork.ingress.map(({ name }) => name)).toEqual(['tenant.acme.portal']);
  expect(made.sharedNetwork.egress.map(({ name }) => name)).toEqual(['tenant.acme.to.portal']);
  expect([made.projection, made.routes]).not.toContain(null);
  const none = new Registration(new App(), 'acme', { platform, tenant: tenant() });
  expect([none.projection, none.routes]).toEqual([null, null]);
});

test('what is for shared services needs some', () => {
  expect(() => registered(full(cluster.routing, { shared: null, services: [] }))).toThrow(
    'acme needs shared services, and nekotab has none',
  );
});

test('all that is written is what cdk8s itself would write', () => {
  const made = new Registration(new App(), 'acme', { platform, tenant: full() });
  const plain = (value: unknown) => JSON.parse(JSON.stringify(value));
  expect(plain(objectsOf(made))).toEqual(plain(made.toJson()));
});

describe.each(ROUTINGS)('routes to shared services, with %s', (_, routing) => {
  test('lie beside them under names that no other tenant’s objects and none of the namespace have', () => {
    const one = named(on(routing));
    const two = named(on(routing, { id: 'other', namespace: 'nekotab-other' }));
    expect(one.length).toBeGreaterThan(5);
    expect(one.filter((name) => two.includes(name))).toEqual([]);
    for (const name of one) expect(name).toMatch(/ (tenant\.acme(\.|$)|projection-acme-)/);
  });

  test('are of kinds that the project of the platform admits, suspended or not', () => {
    const kinds = registrationKinds({ ...cluster, routing }).map(({ group, kind }) => `${group}/${kind}`);
    for (const suspended of [false, true]) {
      const projection = { facts: {}, secrets: [{ name: 'token', parts: ['none'] }], rows: null };
      const objects = [{}, { projection }].flatMap((given) => registered(on(routing, { suspended, ...given })));
      expect(objects.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['ExternalSecret', 'Secret']));
      for (const { apiVersion, kind } of objects) {
        expect(kinds).toContain(`${apiVersion.includes('/') ? apiVersion.split('/')[0] : ''}/${kind}`);
      }
    }
    const beside = registrationKinds({ ...cluster, routing }).filter(({ kind }) => kind !== 'Secret');
    expect(tenantKinds({ ...cluster, routing })).toEqual(expect.arrayContaining(beside));
  });

  test('lead to no service that runs while the tenant is suspended', () => {
    const text = (suspended: boolean) =>
      JSON.stringify(registered(on(routing, { suspended })).filter(({ kind }) => /Route$|^Ingress$/.test(kind)));
    expect(text(false)).toContain('"portal"');
    expect(text(true)).not.toContain('"portal"');
  });

  test('have a Service without pods to lead to, where they need one', () => {
    const space = { ...tenant({ id: 'nekotab', namespace: SHARED, routes: [] }), kind: 'shared' as const };
    const services = (routedByTenants: readonly string[]) =>
      manifests((chart) => {
        const of = { ...space, cluster: { ...cluster, routing }, routedByTenants };
        return new SpaceParts(chart, 'space', { space: of });
      }).filter(({ metadata }) => metadata.name === 'suspended-tenants');
    const text = JSON.stringify(registered(on(routing, { suspended: true })));
    expect(services(['web'])).toHaveLength(text.includes('suspended-tenants') ? 1 : 0);
    expect(services([])).toEqual([]);
  });
});

describe('on a Gateway, a custom host', () => {
  const of = (routes: readonly ResolvedRoute[]) => registered(on(gateway('envoy-gateway'), { routes }));
  const parent = (all: readonly Manifest[]) => {
    const { spec } = only(all, 'HTTPRoute', 'tenant.acme.web.custom');
    return (spec as { parentRefs: unknown[] }).parentRefs;
  };

  test('that leads to shared services alone has its listeners and its certificate beside them', () => {
    const all = of([]);
    expect(parent(all)).toEqual([
      { group: 'gateway.networking.k8s.io', kind: 'ListenerSet', name: 'tenant.acme.custom-https' },
    ]);
    expect(only(all, 'ListenerSet', 'tenant.acme.custom-https').spec).toMatchObject({
      listeners: [
        {
          allowedRoutes: { namespaces: { from: 'Same' } },
          tls: { certificateRefs: [{ name: 'tenant.acme.tls.debates.acme.example' }] },
        },
      ],
    });
    expect(only(all, 'Certificate')).toMatchObject({
      metadata: {
        name: 'tenant.acme.tls.debates.acme.example',
        annotations: { 'acme.cert-manager.io/http01-parentrefname': 'tenant.acme.custom-http' },
      },
      spec: { secretName: 'tenant.acme.tls.debates.acme.example' },
    });
    expect(only(all, 'HTTPRoute', 'tenant.acme.custom.redirect')).toBeDefined();
    expect(only(all, 'BackendTrafficPolicy', 'tenant.acme.rate-limit').spec).toMatchObject({
      targetRefs: [{ name: 'tenant.acme.web' }, { name: 'tenant.acme.web.custom' }],
    });
  });

  test('that leads to the tenant’s own services too keeps its one listener, which takes both routes', () => {
    const routes = [route({ hosts })];
    const all = of(routes);
    expect(parent(all)).toEqual([
      {
        ...{ group: 'gateway.networking.k8s.io', kind: 'ListenerSet' },
        ...{ name: 'custom-https', namespace: 'nekotab-acme' },
      },
    ]);
    const kinds = all.filter(({ metadata }) => metadata.namespace === SHARED).map(({ kind }) => kind);
    expect(kinds).not.toEqual(expect.arrayContaining(['ListenerSet']));
    expect(kinds).not.toEqual(expect.arrayContaining(['Certificate']));
    const own = manifests((chart) => {
      const space = on(gateway('envoy-gateway'), { routes });
      return new SpaceParts(chart, 'space', { space });
    });
    const values = ['nekotab-acme', SHARED];
    expect(only(own, 'ListenerSet', 'custom-https').spec).toMatchObject({
      listeners: [
        {
          allowedRoutes: {
            namespaces: {
              from: 'Selector',
              selector: {
                matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values }],
              },
            },
          },
        },
      ],
    });
  });
});

test('a suspended tenant’s requests are answered by what the controller has for it', () => {
  const suspended = { suspended: true };
  expect(named(on(gateway('envoy-gateway'), suspended))).toContain('HTTPRouteFilter tenant.acme.suspended');
  expect(named(on(traefik, suspended))).toContain('Middleware tenant.acme.suspended');
  const { spec } = only(registered(on(ingress('ingress-nginx'), suspended)), 'Ingress');
  expect(JSON.stringify(spec)).toContain('"service":{"name":"suspended-tenants","port":{"number":80}}');
});
