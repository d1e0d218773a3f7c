import { at, type Manifest, only } from '../fixture';
import { customHosts, gateway, platformHosts, render, route, routed } from './routings';

const envoy = gateway('envoy-gateway');
const all = (kind: string, from: readonly Manifest[]) => from.filter((each) => each.kind === kind);
const kinds = (from: readonly Manifest[]) => from.map(({ kind, metadata }) => `${kind} ${metadata.name}`);

describe('platform hosts', () => {
  test('attach to the product’s listener of the Gateway, with every default written', () => {
    const { spec } = only(render(routed(envoy)), 'HTTPRoute', 'web');
    expect(spec).toEqual({
      parentRefs: [
        {
          group: 'gateway.networking.k8s.io',
          kind: 'Gateway',
          name: 'public',
          namespace: 'gateway',
          sectionName: 'nekotab',
        },
      ],
      hostnames: ['acme.nekotab.app'],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: '/' } }],
          backendRefs: [{ group: '', kind: 'Service', name: 'web', port: 8000, weight: 1 }],
        },
      ],
    });
  });

  test('need nothing besides, without custom hosts and limits', () => {
    expect(kinds(render(routed(envoy, { routes: [route()], rateLimit: null })))).toEqual(['HTTPRoute web']);
  });

  test('and paths beyond what a route holds go on in further routes, in order and each once', () => {
    const paths = Array.from({ length: 20 }, (_, i) => ({
      path: `/${'a'.repeat(20 - i)}`,
      service: 'web',
      port: 8000,
    }));
    const found = all('HTTPRoute', render(routed(envoy, { routes: [route({ hosts: platformHosts(20), paths })] })));
    expect(found.map(({ metadata }) => metadata.name)).toEqual(['web', 'web.2', 'web.3', 'web.4']);
    const pairs = found.flatMap(({ spec }) =>
      (at(spec, 'hostnames') as string[]).flatMap((host) =>
        (at(spec, 'rules') as unknown[]).map((rule) => `${host}${at(rule, 'matches.0.path.value')}`),
      ),
    );
    expect(new Set(pairs).size).toBe(400);
    expect(pairs).toHaveLength(400);
    for (const { spec } of found) expect((at(spec, 'hostnames') as string[]).length).toBeLessThanOrEqual(16);
  });
});

describe('custom hosts', () => {
  const found = render(routed(envoy));
  const allowedRoutes = { namespaces: { from: 'Same' } };
  const parentRef = { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'public', namespace: 'gateway' };

  test('have listeners of the namespace’s own, which take its routes only', () => {
    const name = 'host.debates.acme.example';
    const hostname = 'debates.acme.example';
    expect(only(found, 'ListenerSet', 'custom-http').spec).toEqual({
      parentRef,
      listeners: [{ name, hostname, port: 80, protocol: 'HTTP', allowedRoutes }],
    });
    const certificateRefs = [{ group: '', kind: 'Secret', name: 'tls.debates.acme.example' }];
    expect(only(found, 'ListenerSet', 'custom-https').spec).toEqual({
      parentRef,
      listeners: [
        { name, hostname, port: 443, protocol: 'HTTPS', tls: { mode: 'Terminate', certificateRefs }, allowedRoutes },
      ],
    });
  });

  test('are served over HTTPS alone, and plain HTTP is sent there', () => {
    const set = (name: string) => [{ group: 'gateway.networking.k8s.io', kind: 'ListenerSet', name }];
    expect(only(found, 'HTTPRoute', 'web.custom').spec).toMatchObject({
      parentRefs: set('custom-https'),
      hostnames: ['debates.acme.example'],
      rules: [{ backendRefs: [{ name: 'web', port: 8000 }] }],
    });
    expect(only(found, 'HTTPRoute', 'custom.redirect').spec).toEqual({
      parentRefs: set('custom-http'),
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: '/' } }],
          filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } }],
        },
      ],
    });
  });

  test('have their challenge on the listener for plain HTTP, where there is one', () => {
    const annotations = (from: readonly Manifest[]) => only(from, 'Certificate').metadata.annotations;
    expect(annotations(found)).toMatchObject({
      'acme.cert-manager.io/http01-parentrefkind': 'ListenerSet',
      'acme.cert-manager.io/http01-parentrefname': 'custom-http',
    });
    const byDns = annotations(render(routed(gateway('envoy-gateway', { challenge: 'dns01' }))));
    expect(Object.keys(byDns ?? {})).toEqual(['argocd.argoproj.io/sync-wave']);
  });

  test('beyond what a set holds have a further one, and each certificate and route names its own', () => {
    const many = render(routed(envoy, { routes: [route({ hosts: customHosts(70) })] }));
    const sets = all('ListenerSet', many).map(({ metadata, spec }) => [
      metadata.name,
      (at(spec, 'listeners') as []).length,
    ]);
    expect(sets).toEqual([
      ['custom-http', 64],
      ['custom-http.2', 6],
      ['custom-https', 64],
      ['custom-https.2', 6],
    ]);
    const setOf = all('Certificate', many).map(
      ({ metadata }) => metadata.annotations?.['acme.cert-manager.io/http01-parentrefname'],
    );
    expect([setOf[63], setOf[64]]).toEqual(['custom-http', 'custom-http.2']);
    const parents = all('HTTPRoute', many).map(({ metadata, spec }) => [
      metadata.name,
      (at(spec, 'parentRefs') as { name: string }[]).map(({ name }) => name),
    ]);
    expect(parents).toEqual([
      ['web.custom', ['custom-https']],
      ['web.custom.2', ['custom-https']],
      ['web.custom.3', ['custom-https']],
      ['web.custom.4', ['custom-https']],
      ['web.custom.5', ['custom-https.2']],
      ['custom.redirect', ['custom-http', 'custom-http.2']],
    ]);
  });

  test('that several routes share have one listener and one certificate', () => {
    const [host] = customHosts(1);
    const hosts = host === undefined ? [] : [host];
    const shared = render(routed(envoy, { routes: [route({ hosts }), route({ name: 'api', hosts })] }));
    expect(all('Certificate', shared)).toHaveLength(1);
    expect(at(only(shared, 'ListenerSet', 'custom-https').spec, 'listeners')).toHaveLength(1);
  });
});

describe('rate limits', () => {
  test('of Envoy Gateway are a policy for every route of the tenant', () => {
    expect(only(render(routed(envoy)), 'BackendTrafficPolicy').spec).toEqual({
      targetRefs: [
        { group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name: 'web' },
        { group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name: 'web.custom' },
      ],
      rateLimit: { type: 'Local', local: { rules: [{ limit: { requests: 100, unit: 'Second' } }] } },
    });
  });

  test('of Traefik are a middleware that each rule names', () => {
    const found = render(routed(gateway('traefik'), { routes: [route()] }));
    expect(kinds(found)).toEqual(['HTTPRoute web', 'Middleware rate-limit']);
    expect(at(only(found, 'HTTPRoute').spec, 'rules.0.filters')).toEqual([
      { type: 'ExtensionRef', extensionRef: { group: 'traefik.io', kind: 'Middleware', name: 'rate-limit' } },
    ]);
  });

  test('are refused for a controller without means, which serves tenants without a limit', () => {
    const of = (rateLimit: null | { requests: number; per: 'second' }) =>
      render(routed(gateway('cilium'), { routes: [route()], rateLimit }));
    expect(() => of({ requests: 1, per: 'second' })).toThrow('acme: the plan has a rate limit');
    expect(kinds(of(null))).toEqual(['HTTPRoute web']);
  });
});

describe('suspension', () => {
  test('is an answer of Envoy Gateway’s to every request, in words and without a backend', () => {
    const found = render(routed(envoy, { suspended: true }));
    expect(only(found, 'HTTPRouteFilter').spec).toMatchObject({ directResponse: { statusCode: 503 } });
    for (const name of ['web', 'web.custom']) {
      expect(at(only(found, 'HTTPRoute', name).spec, 'rules')).toEqual([
        {
          matches: [{ path: { type: 'PathPrefix', value: '/' } }],
          filters: [
            {
              type: 'ExtensionRef',
              extensionRef: { group: 'gateway.envoyproxy.io', kind: 'HTTPRouteFilter', name: 'suspended' },
            },
          ],
        },
      ]);
    }
  });

  test('keeps hosts, listeners and certificates, and drops the limit', () => {
    const names = (suspended: boolean) => kinds(render(routed(envoy, { suspended })));
    expect(names(true)).toEqual([
      'HTTPRouteFilter suspended',
      ...names(false).filter((name) => name !== 'BackendTrafficPolicy rate-limit'),
    ]);
  });

  test('elsewhere leaves the routes to Services without pods', () => {
    const of = (suspended: boolean) => render(routed(gateway('cilium'), { rateLimit: null, suspended }));
    expect(of(true)).toEqual(of(false));
  });
});
