import { PlatformRouting } from '../../../lib/kube/routes/gateway-platform';
import type { Routing } from '../../../lib/model/platform';
import { at, type Manifest, manifests, only } from '../fixture';
import { publishedProblems } from '../published';
import { gateway, ingress, traefik } from './routings';

const products = [
  { name: 'nekotab', apex: 'nekotab.app' },
  { name: 'unity', apex: 'unity.example' },
];
const labels = { 'app.kubernetes.io/managed-by': 'tenantry' };
const render = (routing: Routing) =>
  manifests((chart) => new PlatformRouting(chart, 'routing', { routing, products, labels }));
const kinds = (from: readonly Manifest[]) =>
  from.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`);

const certificates = (namespace: string) => [
  `Certificate ${namespace}/tls.nekotab.app`,
  `Certificate ${namespace}/tls.unity.example`,
];

test('every routing has a wildcard certificate for each product, where its controller reads it', () => {
  expect(kinds(render(gateway('envoy-gateway')))).toEqual([
    ...certificates('gateway'),
    'Gateway gateway/public',
    'HTTPRoute gateway/https-redirect',
  ]);
  expect(kinds(render(traefik))).toEqual([...certificates('traefik'), 'TLSStore traefik/default']);
  expect(kinds(render(ingress('ingress-nginx')))).toEqual(certificates('ingress'));
  expect(at(only(render(traefik), 'Certificate', 'tls.nekotab.app'), 'spec.dnsNames')).toEqual([
    '*.nekotab.app',
    'nekotab.app',
  ]);
});

describe('the Gateway', () => {
  const found = only(render(gateway('envoy-gateway')), 'Gateway');
  const selector = (...values: string[]) => ({
    matchExpressions: [{ key: 'tenantry.dev/product', operator: 'In', values }],
  });

  test('has a listener for each product, which takes routes from the product’s namespaces alone', () => {
    expect(at(found.spec, 'listeners.1')).toEqual({
      name: 'nekotab',
      hostname: '*.nekotab.app',
      port: 443,
      protocol: 'HTTPS',
      tls: { mode: 'Terminate', certificateRefs: [{ group: '', kind: 'Secret', name: 'tls.nekotab.app' }] },
      allowedRoutes: { namespaces: { from: 'Selector', selector: selector('nekotab') } },
    });
    expect(at(found.spec, 'listeners')).toHaveLength(3);
  });

  test('takes listeners from namespaces of products, and nobody’s routes over plain HTTP', () => {
    expect(at(found.spec, 'allowedListeners')).toEqual({
      namespaces: { from: 'Selector', selector: selector('nekotab', 'unity') },
    });
    expect(at(found.spec, 'listeners.0')).toEqual({
      name: 'http.redirect',
      port: 80,
      protocol: 'HTTP',
      allowedRoutes: { namespaces: { from: 'Same' } },
    });
  });

  test('sends plain HTTP to HTTPS', () => {
    expect(only(render(gateway('envoy-gateway')), 'HTTPRoute').spec).toMatchObject({
      parentRefs: [{ kind: 'Gateway', name: 'public', namespace: 'gateway', sectionName: 'http.redirect' }],
      rules: [{ filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } }] }],
    });
  });

  test('tells ExternalDNS the addresses of its hosts', () => {
    expect(found.metadata).toMatchObject({
      labels,
      annotations: { 'external-dns.alpha.kubernetes.io/target': '203.0.113.10,203.0.113.11' },
    });
  });
});

test('Traefik’s default store holds every product’s certificate and shows none to strangers', () => {
  expect(only(render(traefik), 'TLSStore').spec).toEqual({
    certificates: [{ secretName: 'tls.nekotab.app' }, { secretName: 'tls.unity.example' }],
  });
});

test('all of it is what the projects publish, and what those do not know is refused', () => {
  const all = [...render(gateway('envoy-gateway')), ...render(traefik)];
  const wrong = { ...only(all, 'Gateway'), spec: { gatewayClassName: 'x', listeners: [{ name: 'a', port: 'http' }] } };
  expect(publishedProblems([...all, wrong])).toEqual([...all.map(() => null), expect.stringContaining('listeners')]);
});
