import { sharedUrl, tenant } from '../../lib';
import type { ProductModel } from '../../lib/model/parse-product';
import { offeredProducts, priorityLevels, resolveShared } from '../../lib/model/resolve-shared';
import { model, plain, productHaving, resolved } from './fixture';

function product(changes: Readonly<Record<string, unknown>> = {}): ProductModel {
  const found = model({}, [productHaving(changes)]).products.get('shop');
  if (found === undefined) throw new Error('no product');
  return found;
}

describe('shared services', () => {
  test('run once on a cluster, in a namespace of the product, and know no tenant', () => {
    const space = resolveShared(plain, product(), 'eu-1');
    expect(space).toMatchObject({
      kind: 'shared',
      id: 'shop',
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
    const [route] = resolveShared(plain, product(), 'eu-1').routes;
    expect(route).toEqual({
      name: 'hub',
      hosts: [{ host: 'hub.shop.example', kind: 'platform' }],
      paths: [{ path: '/', service: 'hub', port: 9000 }],
    });
  });

  test('have a quota that holds them', () => {
    // One pod and two surges of one.
    expect(resolveShared(plain, product(), 'eu-1').quota).toMatchObject({ pods: 3, cpu: 0.3 });
    const scaled = product({ 'shared.services.hub.replicas': { min: 3, max: 8 } });
    expect(resolveShared(plain, scaled, 'eu-1').quota).toMatchObject({ pods: 12, cpu: 1.2 });
  });

  test('may be as small as they like', () => {
    const tiny = product({ 'shared.services.hub.resources.requests': { cpu: 0.001, memoryMiB: 1 } });
    expect(resolveShared(plain, tiny, 'eu-1').containerLimits.min).toMatchObject({ cpu: 0.001, memoryMiB: 1 });
  });

  test('call each other by name, whichever way they say it', () => {
    const queue = {
      image: 'a/queue:1',
      port: 5000,
      resources: { requests: { cpu: 1, memoryMiB: 1 }, limits: { cpu: 1, memoryMiB: 1 } },
    };
    const calling = product({
      'shared.services.queue': queue,
      'shared.services.hub.env': { QUEUE: sharedUrl('queue') },
    });
    const hub = resolveShared(plain, calling, 'eu-1').services.find(({ name }) => name === 'hub');
    expect(hub).toMatchObject({
      calls: ['queue'],
      callsShared: [],
      env: [{ name: 'QUEUE', parts: ['http://queue:5000'] }],
    });
  });

  test('are reached by tenants at their full name', () => {
    const { services, shared } = resolved();
    expect(shared).toEqual({ namespace: 'shop-hub', ports: { hub: 9000 } });
    const [web] = services;
    expect(web?.env.find(({ name }) => name === 'HUB')?.parts).toEqual(['http://hub.shop-hub.svc.cluster.local:9000']);
  });

  test('are there only where the product has them and the cluster is', () => {
    expect(() => resolveShared(plain, product(), 'eu-2')).toThrow('shop has no shared services on eu-2');
    const without = product({ shared: null, 'services.web.env': {}, labels: { tier: tenant.plan } });
    expect(() => resolveShared(plain, without, 'eu-1')).toThrow('shop has no shared services on eu-1');
    expect(resolved({}, model({}, [productHaving({ shared: null, 'services.web.env': {} })])).shared).toBeNull();
  });
});

test('products are on offer on the clusters that name them, or on all', () => {
  const names = (on = plain, cluster = 'us-1') => offeredProducts(on, cluster).map(({ name }) => name);
  expect(names()).toEqual(['shop']);
  const some = model({ 'clusters.us-1.products': [] });
  expect([names(some), names(some, 'eu-1')]).toEqual([[], ['shop']]);
});

test('each priority of plans and shared services is there once, in order', () => {
  expect(priorityLevels([product(), product()])).toEqual([
    { name: 'tenantry-1000', value: 1000 },
    { name: 'tenantry-5000', value: 5000 },
    { name: 'tenantry-100000', value: 100_000 },
  ]);
});
