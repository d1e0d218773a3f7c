import fc from 'fast-check';
import { matchRule } from '../../../lib/kube/routes/traefik';
import { at, type Manifest, only } from '../fixture';
import { render, route, routed, traefik } from './routings';

const kinds = (from: readonly Manifest[]) => from.map(({ kind, metadata }) => `${kind} ${metadata.name}`);

test('platform hosts get the default store’s certificate, each custom host its own', () => {
  const found = render(routed(traefik, { rateLimit: null }));
  expect(kinds(found)).toEqual([
    'IngressRoute web',
    'IngressRoute web.debates.acme.example',
    'Certificate tls.debates.acme.example',
  ]);
  expect(only(found, 'IngressRoute', 'web').spec).toEqual({
    entryPoints: ['websecure'],
    routes: [
      { kind: 'Rule', match: 'Host(`acme.nekotab.app`)', services: [{ kind: 'Service', name: 'web', port: 8000 }] },
    ],
    tls: {},
  });
  expect(only(found, 'IngressRoute', 'web.debates.acme.example').spec).toMatchObject({
    routes: [{ match: 'Host(`debates.acme.example`)' }],
    tls: { secretName: 'tls.debates.acme.example' },
  });
});

test('ExternalDNS finds the addresses, which the route has no status for', () => {
  expect(only(render(routed(traefik)), 'IngressRoute', 'web').metadata.annotations).toMatchObject({
    'external-dns.alpha.kubernetes.io/target': '203.0.113.10,203.0.113.11',
  });
});

test('challenges need no annotation, since cert-manager makes an Ingress of its own', () => {
  const { annotations } = only(render(routed(traefik)), 'Certificate').metadata;
  expect(Object.keys(annotations ?? {})).toEqual(['argocd.argoproj.io/sync-wave']);
});

test('a rate limit is a middleware of every rule, as exact as the plan has it', () => {
  const found = render(routed(traefik, { rateLimit: { requests: 1000, per: 'hour' } }));
  expect(only(found, 'Middleware', 'rate-limit').spec).toEqual({
    rateLimit: { average: 1000, period: '1h', burst: 1000, sourceCriterion: { requestHost: true } },
  });
  const routes = found.filter(({ kind }) => kind === 'IngressRoute');
  for (const { spec } of routes) expect(at(spec, 'routes.0.middlewares')).toEqual([{ name: 'rate-limit' }]);
});

test('a suspended space refuses everybody with 503, at every path, before a service that answers nobody', () => {
  const paths = [
    { path: '/api', service: 'api', port: 7000 },
    { path: '/', service: 'web', port: 8000 },
  ];
  const found = render(routed(traefik, { suspended: true, routes: [route({ paths })] }));
  expect(kinds(found)).toEqual(['Middleware suspended', 'IngressRoute web']);
  expect(only(found, 'Middleware').spec).toEqual({
    ipAllowList: { sourceRange: ['255.255.255.255/32'], rejectStatusCode: 503 },
  });
  expect(at(only(found, 'IngressRoute').spec, 'routes')).toEqual([
    {
      kind: 'Rule',
      match: 'Host(`acme.nekotab.app`)',
      middlewares: [{ name: 'suspended' }],
      services: [{ kind: 'TraefikService', name: 'noop@internal' }],
    },
  ]);
});

describe('a rule', () => {
  test.each([
    [['a.example'], '/', 'Host(`a.example`)'],
    [['a.example', 'b.example'], '/', 'Host(`a.example`) || Host(`b.example`)'],
    [['a.example'], '/api', '(Host(`a.example`)) && (Path("/api") || PathPrefix("/api/"))'],
    [['a.example'], '/api/', '(Host(`a.example`)) && (Path("/api") || PathPrefix("/api/"))'],
    [['*.a.example'], '/', 'HostRegexp(`^[^.]+\\.a\\.example$`)'],
  ])('for %j and %s', (hosts, path, rule) => {
    expect(matchRule(hosts, path)).toBe(rule);
  });

  test('holds any path as a text, which ends where it is meant to', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (rest) => {
        const path = `/x${rest}`;
        const rule = matchRule(['a.example'], path);
        // A text of Go's: whatever is escaped is, and nothing but the end is a bare quote.
        const texts = rule.match(/"(?:[^"\\\n]|\\(?:["\\bfnrt]|u[0-9a-f]{4}))*"/g) ?? [];
        expect(texts.map((text) => JSON.parse(text))).toEqual(
          [path, `${path}/`].map((p) => p.replace(/\/+$/, '')).map((p, i) => (i === 0 ? p : `${p}/`)),
        );
        expect(rule.replace(/"(?:[^"\\]|\\.)*"/g, '')).toBe('(Host(`a.example`)) && (Path() || PathPrefix())');
      }),
    );
  });

  test('of a longer prefix is longer, which is how Traefik knows what goes first', () => {
    expect(matchRule(['a.example'], '/api/v2').length).toBeGreaterThan(matchRule(['a.example'], '/api').length);
    expect(matchRule(['a.example'], '/a').length).toBeGreaterThan(matchRule(['a.example'], '/').length);
  });
});
