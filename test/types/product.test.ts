import { z } from 'zod';
import { concat, definePlatform, defineProduct, generatedSecret, postgresql, redis, secret, tenant } from '../../lib';
import { platformFields, shop } from '../model/fixture';

/** What products and platforms complete from, judged by `npm run typecheck`; see tenant.test.ts. */

const resources = { requests: { cpu: 1, memoryMiB: 64 }, limits: { cpu: 1, memoryMiB: 64 } };
const web = { image: 'a/b:1', resources };
const base = { name: 'p', displayName: 'P', apex: 'p.example', services: { web }, plans: { free: {} } } as const;
const database = postgresql({ name: 'database' });

test('a right product is accepted', () => {
  expect(defineProduct(base).name).toBe('p');
  const product = defineProduct({
    ...base,
    features: { dark: 'Dark mode' },
    backing: [database, redis({ name: 'cache' }), generatedSecret({ name: 'key' })],
    settings: z.strictObject({ a: z.string() }),
    services: { web: { ...web, env: { A: database.url, B: concat('a', tenant.id), C: 5, D: true, E: secret('key') } } },
    plans: { free: {}, paid: { features: { dark: 'optional' }, services: { web: { replicas: { min: 1, max: 2 } } } } },
  });
  expect(product.backing).toHaveLength(3);
});

test('outputs are those of the kind of backing service', () => {
  // @ts-expect-error: no such output
  expect(database.prefix).toBeUndefined();
  // @ts-expect-error: no such output
  expect(redis({ name: 'r' }).database).toBeUndefined();
  // @ts-expect-error: no such output
  expect(generatedSecret({ name: 'g' }).url).toBeUndefined();
  // @ts-expect-error: no such fact
  expect(tenant.nam).toBeUndefined();
  // @ts-expect-error: no such option
  postgresql({ name: 'd', conections: 5 });
  // @ts-expect-error: a name is needed
  redis({});
});

test('a plan speaks of the product’s own services and features', () => {
  // @ts-expect-error: no such service
  defineProduct({ ...base, plans: { free: { services: { wbe: {} } } } });
  // @ts-expect-error: no such feature
  defineProduct({ ...base, features: { dark: 'D' }, plans: { free: { features: { drak: 'included' } } } });
  // @ts-expect-error: the product has no features
  defineProduct({ ...base, plans: { free: { features: { dark: 'included' } } } });
  // @ts-expect-error: included or optional
  defineProduct({ ...base, features: { dark: 'D' }, plans: { free: { features: { dark: true } } } });
  // @ts-expect-error: no such amount
  defineProduct({ ...base, plans: { free: { quota: { memory: 5 } } } });
  // @ts-expect-error: no such key
  defineProduct({ ...base, plans: { free: { prize: null } } });
});

test('a key that is unknown, missing or of another type is an error', () => {
  // @ts-expect-error: no such key
  defineProduct({ ...base, service: {} });
  // @ts-expect-error: a service has sizes
  defineProduct({ ...base, services: { web: { image: 'a/b:1' } } });
  // @ts-expect-error: no such key of a service
  defineProduct({ ...base, services: { web: { ...web, environment: {} } } });
  // @ts-expect-error: a port is a number
  defineProduct({ ...base, services: { web: { ...web, port: '80' } } });
  // @ts-expect-error: a backing service, not its output
  defineProduct({ ...base, backing: [database.url] });
  // @ts-expect-error: settings are a schema
  defineProduct({ ...base, settings: { a: 'string' } });
});

test('a platform has what its fields say', () => {
  expect(definePlatform({ ...platformFields, products: [shop] }).platform.placements).toEqual(['eu-1', 'us-1']);
  // @ts-expect-error: products are a list
  definePlatform({ ...platformFields, products: shop });
  // @ts-expect-error: a product is what defineProduct returns
  definePlatform({ ...platformFields, products: [{ name: 'x' }] });
  // @ts-expect-error: no such key
  definePlatform({ ...platformFields, products: [shop], region: {} });
  const { git: _, ...without } = platformFields;
  // @ts-expect-error: the repository is needed
  definePlatform({ ...without, products: [shop] });
});
