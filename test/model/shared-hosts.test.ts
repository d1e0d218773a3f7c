import { publicUrl, sharedUrl, when } from '../../lib';
import { resolveTenant } from '../../lib/model/resolve';
import { sharedSpace } from '../../lib/model/resolve-shared';
import { allSharedHosts } from '../../lib/model/shared-hosts';
import { acme, model, platformProblems, productHaving, productProblems } from './fixture';

/** Two clusters, in the regions `north` and `south`, with the shop's hub on a host of these templates. */
const hub = (...hosts: readonly string[]) =>
  productHaving({ 'shared.routes': [{ hosts, paths: { '/': 'hub' } }], 'services.web.env.HUB': sharedUrl('hub') });

const twice = 'platform.ts: products.shop.shared.routes: "hub.shop.example" is served by eu-1 and by us-1';

test('a shared host that two clusters would serve, each with its own data, is refused', () => {
  expect(platformProblems({}, [hub('hub.{apex}')])).toEqual([
    expect.stringMatching(
      new RegExp(`^${twice.replaceAll('.', '\\.')}.* - write \\{region\\} or \\{cluster\\} in it, or offer`),
    ),
  ]);
  expect(platformProblems({}, [hub('hub-{region}.{apex}')])).toEqual([]);
  expect(platformProblems({}, [hub('hub.{cluster}.{apex}')])).toEqual([]);
});

test('a cluster that does not offer the product serves none of its hosts', () => {
  expect(platformProblems({ 'clusters.us-1.products': [] }, [hub('hub.{apex}')])).toEqual([]);
  expect(platformProblems({ 'clusters.us-1.products': ['shop'] }, [hub('hub.{apex}')])).toEqual([
    expect.stringContaining(twice),
  ]);
});

test('in one region the name of the cluster tells them apart', () => {
  const changes = {
    'clusters.us-1.region': 'north',
    'clusters.us-1.servers': { postgresql: 'pg-eu-2', redis: 'redis-eu' },
    'clusters.us-1.backupStore': 'store-eu',
  };
  expect(platformProblems(changes, [hub('hub-{region}.{apex}')])).toEqual([
    expect.stringMatching(/"hub-north\.shop\.example" .* - write \{cluster\} in it/),
  ]);
  expect(platformProblems(changes, [hub('hub-{cluster}.{apex}')])).toEqual([]);
});

test('a host that only one of several templates gives twice is told once', () => {
  expect(platformProblems({}, [hub('hub-{region}.{apex}', 'hub.{apex}')])).toEqual([expect.stringContaining(twice)]);
});

test('placeholders are those of the place; nothing of a tenant is known', () => {
  expect(productProblems(hub('{id}.hub.{apex}'))).toContainEqual(
    expect.stringMatching(/shared\.routes\[0\]\.hosts\[0\]: unknown placeholder \{id\}/),
  );
  const platform = model({}, [hub('hub-{region}.{apex}', '{cluster}.hub.{apex}')]);
  const [shop] = platform.products.values();
  const hosts = (cluster: string) =>
    shop === undefined
      ? []
      : sharedSpace(platform, shop, cluster)?.routes.flatMap((route) => route.hosts.map(({ host }) => host));
  expect(hosts('eu-1')).toEqual(['hub-north.shop.example', 'eu-1.hub.shop.example']);
  expect(hosts('us-1')).toEqual(['hub-south.shop.example', 'us-1.hub.shop.example']);
  expect(allSharedHosts(platform)).toEqual(
    expect.arrayContaining([
      { host: 'hub-north.shop.example', owner: 'shop' },
      { host: 'us-1.hub.shop.example', owner: 'shop' },
    ]),
  );
});

describe('the public address of a shared service', () => {
  const told = (value: unknown, routes?: unknown) =>
    productHaving({
      'services.web.env.HUB_URL': value,
      'shared.services.hub.env': { OWN_URL: publicUrl('hub') },
      ...(routes === undefined ? {} : { 'shared.routes': routes }),
    });
  const variable = (env: readonly { readonly name: string; readonly parts: readonly unknown[] }[] = [], name: string) =>
    env.find((each) => each.name === name)?.parts;

  test('is that of the tenant’s cluster, for the tenant and for the service itself', () => {
    const platform = model({}, [told(publicUrl('hub'))]);
    const { tenant } = resolveTenant(platform, 'acme.ts', acme);
    expect(variable(tenant?.services.find(({ name }) => name === 'web')?.env, 'HUB_URL')).toEqual([
      'https://hub-north.shop.example',
    ]);
    const [shop] = platform.products.values();
    const shared = shop === undefined ? null : sharedSpace(platform, shop, 'us-1');
    expect(variable(shared?.services[0]?.env, 'OWN_URL')).toEqual(['https://hub-south.shop.example']);
  });

  test('ends with the path that leads to it', () => {
    const routes = [{ hosts: ['hub-{region}.{apex}'], paths: { '/api/v1/': 'hub', '/api': 'hub' } }];
    const { tenant } = resolveTenant(model({}, [told(publicUrl('hub'), routes)]), 'acme.ts', acme);
    expect(variable(tenant?.services.find(({ name }) => name === 'web')?.env, 'HUB_URL')).toEqual([
      'https://hub-north.shop.example/api',
    ]);
  });

  test('opens no way there, as the inner one does', () => {
    const calls = (value: unknown) => {
      const product = productHaving({ 'services.web.env.HUB': value });
      const { tenant } = resolveTenant(model({}, [product]), 'acme.ts', acme);
      return tenant?.services.find(({ name }) => name === 'web')?.callsShared;
    };
    expect(calls(publicUrl('hub'))).toEqual([]);
    expect(calls(sharedUrl('hub'))).toEqual(['hub']);
  });

  test('is refused where no shared route leads there, and of a service that is none', () => {
    expect(productProblems(told(publicUrl('hub'), []))).toEqual([
      'services.web.env.HUB_URL: no shared route leads to "hub" - write one in shared.routes, or sharedUrl(...) [E_PRODUCT_FIELD]',
      expect.stringContaining('shared.services.hub.env.OWN_URL: no shared route leads to "hub"'),
    ]);
    expect(productProblems(told(when('search', publicUrl('hbu'), '')))).toEqual([
      expect.stringContaining('unknown shared service "hbu"'),
    ]);
    expect(productProblems(told(publicUrl('hub')))).toEqual([]);
  });
});
