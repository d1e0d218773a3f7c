import { model, platformProblems, productHaving, productProblems, resolved, tenantProblems } from './fixture';

const to = (...routes: readonly [readonly string[], Record<string, unknown>][]) =>
  productHaving({ routes: routes.map(([hosts, paths]) => ({ hosts, paths })) });

const hub = { shared: 'hub' };
const sites = (...domains: string[]) => ({ siteId: 7, sites: domains.map((domain, id) => ({ id, domain })) });
const DOMAIN = { plan: 'large', domains: ['a.example'] };

const peers = [{ namespace: 'edge', podLabels: { app: 'proxy' } }];

describe('a host and a path lead to one backend', () => {
  const split = model({}, [
    to([['{id}.{apex}', '{domain}'], { '/': 'web' }], [['{settings.sites.domain}'], { '/': hub }]),
  ]);

  test('whatever the tenant writes; it is told where it did', () => {
    expect(tenantProblems({ ...DOMAIN, settings: sites('b.example', 'a.example') }, split)).toEqual([
      'acme.ts: settings.sites[1].domain: "a.example/" leads to web already, and to hub - write a host that no other route has [E_HOST]',
    ]);
    expect(tenantProblems({ ...DOMAIN, settings: sites('b.example') }, split)).toEqual([]);
  });

  test('also where it is a host that the tenant has by its id', () => {
    expect(tenantProblems({ settings: sites('acme.shop.example') }, split)).toEqual([
      expect.stringContaining('acme.ts: settings.sites[0].domain: "acme.shop.example/" leads to web already'),
    ]);
  });

  test('whatever the product writes, which is its mistake', () => {
    const twice = (path: string) =>
      to([['{id}.{apex}'], { '/api': 'web' }], [['{id}.shop.example'], { [path]: 'media' }]);
    expect(tenantProblems({}, model({}, [twice('/api/')]))).toEqual([
      'platform.ts: products.shop.routes: "acme.shop.example/api/" leads to web already, and to media - remove one of the two [E_HOST]',
    ]);
    expect(tenantProblems({}, model({}, [twice('/apis')]))).toEqual([]);
  });

  test('of shared services too', () => {
    const routes = (path: string) =>
      productHaving({
        'shared.routes': [
          { hosts: ['hub-{cluster}.{apex}'], paths: { '/': 'hub' } },
          { hosts: ['hub-{cluster}.shop.example'], paths: { [path]: 'hub' } },
        ],
      });
    expect(platformProblems({}, [routes('/')])).toContainEqual(
      expect.stringContaining(
        'platform.ts: products.shop.shared.routes: shop: "hub-eu-1.shop.example/" leads to hub already',
      ),
    );
    expect(platformProblems({}, [routes('/x')])).toEqual([]);
  });
});

describe('a host may lead to services of the tenant and to shared ones', () => {
  const both = to([['{id}.{apex}', '{domain}'], { '/': 'web', '/hub': hub }]);

  test('by its paths', () => {
    expect(productProblems(both)).toEqual([]);
    const { routes, sharedRoutes } = resolved(DOMAIN, model({}, [both]));
    expect(routes.map(({ hosts, paths }) => [hosts.length, paths.map(({ path }) => path)])).toEqual([[2, ['/']]]);
    expect(sharedRoutes.map(({ hosts, paths }) => [hosts.length, paths.map(({ path }) => path)])).toEqual([
      [2, ['/hub']],
    ]);
  });

  test('but for a controller that takes one Ingress a host', () => {
    const on = (controller: string, product = both) => {
      const ingress = {
        kind: 'ingress',
        controller,
        className: 'nginx',
        peers,
        issuer: 'x',
        addresses: ['192.0.2.1'],
      };
      return tenantProblems({ plan: 'large' }, model({ 'clusters.eu-1.routing': ingress }, [product]));
    };
    expect(on('f5-nginx')).toEqual([
      expect.stringContaining('acme.ts: placement: "eu-1" cannot serve this tenant: f5-nginx takes one Ingress a host'),
    ]);
    expect(on('ingress-nginx')).toEqual([]);
    expect(on('f5-nginx', to([['{id}.{apex}'], { '/': 'web' }], [['{id}-hub.{apex}'], { '/': hub }]))).toEqual([]);
  });

  test('and a wrong one is told once', () => {
    const of = model({}, [to([['{settings.sites.domain}'], { '/': 'web', '/hub': hub }])]);
    expect(tenantProblems({ settings: sites('not a host') }, of)).toEqual([
      expect.stringContaining('acme.ts: settings.sites[0].domain: expected a host name'),
    ]);
    expect(tenantProblems({ settings: sites('one.example') }, of)).toEqual([]);
  });

  test('and is given by id to both', () => {
    const of = model({}, [to([['{id}.{apex}'], { '/': 'web' }], [['{settings.sites.domain}'], { '/hub': hub }])]);
    expect(tenantProblems({ settings: sites('acme.shop.example') }, of)).toEqual([]);
    expect(tenantProblems({ settings: sites('other.shop.example') }, of)).toEqual([
      expect.stringContaining('lies under shop.example, below which hosts are given by id'),
    ]);
  });
});

test('routes to shared services are custom domains where their hosts are', () => {
  const on = model({ 'clusters.eu-1.routing.controller': 'traefik' }, [
    to([['{id}-hub.{apex}', 'hub.{domain}'], { '/': hub }]),
  ]);
  expect(tenantProblems({ plan: 'large' }, on)).toEqual([]);
  expect(tenantProblems(DOMAIN, on)).toEqual([
    expect.stringContaining('cannot serve this tenant: custom domains need ListenerSets'),
  ]);
});
