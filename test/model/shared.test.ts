import { redis, sharedUrl, tenant } from '../../lib';
import type { BackingService } from '../../lib/model/offer';
import type { ProductModel } from '../../lib/model/parse-product';
import { offeredProducts, priorityLevels, sharedSpace } from '../../lib/model/resolve-shared';
import type { Space } from '../../lib/model/resolved';
import { model, plain, platformProblems, productHaving, resolved } from './fixture';

function shared(changes: Readonly<Record<string, unknown>> = {}): Space {
  const platform = model({}, [productHaving(changes)]);
  const space = sharedSpace(platform, platform.products.get('shop') as ProductModel, 'eu-1');
  if (space === null) throw new Error('no shared services');
  return space;
}

describe('shared services', () => {
  test('run once on a cluster, in a namespace of the product, and know no tenant', () => {
    const space = shared();
    expect(space).toMatchObject({
      kind: 'shared',
      id: 'shared-eu-1',
      namespace: 'shop-hub',
      clusterName: 'eu-1',
      priorityClass: 'tenantry-100000',
      offers: [],
      jobs: [],
      backup: null,
      rateLimit: null,
    });
    expect(space.labels).toEqual({
      'app.kubernetes.io/managed-by': 'tenantry',
      'app.kubernetes.io/part-of': 'shop',
      environment: 'production',
    });
    expect(JSON.stringify(space)).not.toContain('acme');
  });

  test('have routes below the product’s zone', () => {
    const [route] = shared().routes;
    expect(route).toEqual({
      name: 'hub',
      hosts: [{ host: 'hub-north.shop.example', kind: 'platform' }],
      health: '/',
      paths: [{ path: '/', service: 'hub', port: 9000 }],
    });
  });

  test('have a quota that holds them', () => {
    // One pod and two surges of one.
    expect(shared().quota).toMatchObject({ pods: 3, cpu: 0.3 });
    const scaled = shared({ 'shared.services.hub.replicas': { min: 3, max: 8 } });
    expect(scaled.quota).toMatchObject({ pods: 12, cpu: 1.2 });
  });

  test('may be as small as they like', () => {
    const tiny = shared({ 'shared.services.hub.resources.requests': { cpu: 0.001, memoryMiB: 1 } });
    expect(tiny.containerLimits.min).toMatchObject({ cpu: 0.001, memoryMiB: 1 });
  });

  test('call each other by name, whichever way they say it', () => {
    const queue = {
      image: 'a/queue:1',
      port: 5000,
      resources: { requests: { cpu: 1, memoryMiB: 1 }, limits: { cpu: 1, memoryMiB: 1 } },
    };
    const calling = shared({
      'shared.services.queue': queue,
      'shared.services.hub.env': { QUEUE: sharedUrl('queue') },
    });
    const hub = calling.services.find(({ name }) => name === 'hub');
    expect(hub).toMatchObject({
      calls: ['queue'],
      callsShared: [],
      env: [{ name: 'QUEUE', parts: ['http://queue:5000'] }],
    });
  });

  test('are reached by tenants at their full name', () => {
    const { services, shared: known } = resolved();
    expect(known).toEqual({ namespace: 'shop-hub', ports: { hub: 9000 }, callers: {}, accounts: {} });
    const [web] = services;
    expect(web?.env.find(({ name }) => name === 'HUB')?.parts).toEqual(['http://hub.shop-hub.svc.cluster.local:9000']);
  });

  test('are there only where the product has them and the cluster is', () => {
    const offered = plain.products.get('shop') as ProductModel;
    expect(sharedSpace(plain, offered, 'eu-2')).toBeNull();
    expect(sharedSpace(plain, offered, 'us-1')).not.toBeNull();
    const without = model({}, [productHaving({ shared: null, 'services.web.env': {}, labels: { tier: tenant.plan } })]);
    expect(sharedSpace(without, without.products.get('shop') as ProductModel, 'eu-1')).toBeNull();
    expect(resolved({}, without).shared).toBeNull();
  });
});

test('problems of what shared services are given are told where it is written', () => {
  const cache = redis({ name: 'cache' });
  const lines = (backing: BackingService) => platformProblems({}, [{ ...productHaving({}), sharedBacking: [backing] }]);
  const throwing = () => {
    throw new Error('oops');
  };
  expect(lines({ ...cache, offer: throwing })).toContainEqual(
    expect.stringContaining('platform.ts: products.shop.shared.backing.cache: shop: it cannot be resolved'),
  );
  expect(lines(cache)).toEqual([]);
});

test('products are on offer on the clusters that name them, or on all', () => {
  const names = (on = plain, cluster = 'us-1') => offeredProducts(on, cluster).map(({ name }) => name);
  expect(names()).toEqual(['shop']);
  const some = model({ 'clusters.us-1.products': [] });
  expect([names(some), names(some, 'eu-1')]).toEqual([[], ['shop']]);
});

test('each priority of plans and shared services is there once, in order', () => {
  const offered = plain.products.get('shop') as ProductModel;
  expect(priorityLevels([offered, offered])).toEqual([
    { name: 'tenantry-1000', value: 1000 },
    { name: 'tenantry-5000', value: 5000 },
    { name: 'tenantry-100000', value: 100_000 },
  ]);
});
