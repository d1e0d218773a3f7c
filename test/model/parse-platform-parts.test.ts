import {
  definePlatform,
  defineProduct,
  generatedSecret,
  mysql,
  type Product,
  postgresql,
  TenantryError,
} from '../../lib';
import { parsePlatform } from '../../lib/model/parse-platform';
import { resolve } from '../../lib/model/resolve';
import { acme, defineTenant, model, platform, platformProblems, productHaving, shop, tenantProblems } from './fixture';

const digest = `@sha256:${'0'.repeat(64)}`;

/** The shop under another name, and with a zone and shared namespace of its own. */
function second(changes: Readonly<Record<string, unknown>> = {}): Product {
  const own = { name: 'second', apex: 'second.example', 'shared.namespace': 'second-hub', ...changes };
  return { ...productHaving(own), name: String(own.name) };
}

describe('digests that are demanded', () => {
  const images = ['web', 'worker', 'media', 'search', 'reports'].map((name) => [
    `services.${name}.image`,
    `a/b:1${digest}`,
  ]);
  const product = productHaving({ ...Object.fromEntries(images), 'shared.services.hub.image': `a/b${digest}` });
  const demanding = { requireDigests: true, 'backup.image': `registry.example/backup:1${digest}` };

  test('are those of every image: services, shared services, backups', () => {
    expect(platformProblems({ requireDigests: true })).toHaveLength(7);
    expect(platformProblems(demanding, [product])).toEqual([]);
  });

  test('are those of own servers too', () => {
    const own = (image: string) => ({
      ...product,
      backing: product.backing.map((b) =>
        b.name === 'index' ? { ...b, options: { provision: 'own', own: { image } } } : b,
      ),
    });
    const problems = (image: string) => tenantProblems({ plan: 'large' }, model(demanding, [own(image)]));
    expect(problems('redis:7')).toEqual([
      'platform.ts: products.shop.backing.index.own.image: "redis:7" has no digest, and requireDigests demands one - write image:tag@sha256:... as the registry reports it [E_PLATFORM_FIELD]',
    ]);
    expect(problems(`redis:7${digest}`)).toEqual([]);
  });
});

describe('two products', () => {
  test('have names of their own', () => {
    expect(platformProblems({}, [shop, shop])).toContainEqual(
      'platform.ts: products[1]: two products named "shop" - rename one of them [E_PLATFORM_FIELD]',
    );
    expect(platformProblems({}, [shop, second()])).toEqual([]);
  });

  test('have names of their own, also where one of them is wrong by itself', () => {
    const broken = productHaving({ 'services.worker.calls': ['x'] });
    expect(platformProblems({}, [broken, shop])).toContainEqual(expect.stringContaining('two products named "shop"'));
  });

  test.each(['shop.example', 'eu.shop.example', 'example.org'])('have zones of their own: %s', (apex) => {
    const lines = platformProblems({}, [productHaving({ apex: 'shop.example' }), second({ apex })]);
    const problem = `products.second.apex: "${apex}" and shop's "shop.example" overlap - give each product a zone of its own`;
    expect(lines).toEqual(apex === 'example.org' ? [] : [expect.stringContaining(problem)]);
  });

  test('have shared namespaces of their own', () => {
    expect(platformProblems({}, [shop, second({ 'shared.namespace': 'shop-hub' })])).toEqual([
      'platform.ts: products.second.shared.namespace: "shop-hub" is the namespace of the shared services of shop - write one of its own [E_PLATFORM_FIELD]',
    ]);
  });
});

describe('shared services of two products on one cluster', () => {
  const token = generatedSecret({ name: 'token' });
  const with_ = (base: Product, secretPath: string): Product => ({
    ...productHaving({ 'names.secretPath': secretPath, 'shared.backing': undefined }, base),
    sharedBacking: [token, generatedSecret({ name: 'key' })],
  });
  const both = (secretPath: string) => [with_(shop, 'x/{product}/{id}/{name}'), with_(second(), secretPath)];

  test('have secrets of their own, since neither has an id by itself', () => {
    const clash = [with_(shop, '{environment}/{id}/{name}'), with_(second(), '{environment}/{id}/{name}')];
    expect(platformProblems({}, clash)).toEqual([
      'platform.ts: products.second.names.secretPath: the shared services of second on eu-1 want the secret-path "production/shared-eu-1/token", and so do the shared services of shop on eu-1 - write {product} in names.secretPath [E_CLAIM]',
    ]);
    expect(platformProblems({}, both('{environment}/{id}/{name}'))).toEqual([]);
    expect(platformProblems({}, both('{environment}/{product}/{id}/{name}'))).toEqual([]);
  });

  test('have one repository’s password each', () => {
    const volumes = { 'shared.services.hub.volumes': { files: { path: '/srv', sizeGiB: 1 } } };
    const kept = (name: string, secretPath: string) =>
      productHaving({ ...volumes, 'names.secretPath': secretPath }, name === 'shop' ? shop : second());
    expect(platformProblems({}, [kept('shop', 'x/{id}/{name}'), kept('second', 'x/{id}/{name}')])).toEqual([
      expect.stringContaining('want the secret-path "x/shared-eu-1/backup", and so do'),
    ]);
    expect(platformProblems({}, [kept('shop', 'x/{id}/{name}'), kept('second', 'y/{id}/{name}')])).toEqual([]);
  });

  test('are known to the store by readers of their own, whatever its templates know', () => {
    const stores = {
      'clusters.eu-1.secretStore': { kind: 'vault', server: 'https://vault.example', role: 'tenantry-{id}' },
      'clusters.us-1.secretStore': { kind: 'kubernetes' },
    };
    const spaces = model(stores, both('{environment}/{product}/{id}/{name}')).shared;
    const roles = (cluster: string) => [...(spaces.get(cluster)?.values() ?? [])].map((of) => of.secretReader.role);
    expect(roles('eu-1')).toEqual(['tenantry-shared-shop-eu-1', 'tenantry-shared-second-eu-1']);
    expect(roles('us-1')).toEqual(['store-shared-shop-us-1', 'store-shared-second-us-1']);
  });

  test('have readers with names as short as a tenant’s id', () => {
    const long = 'a'.repeat(40);
    const store = { 'clusters.us-1.secretStore': { kind: 'kubernetes', namespace: '{id}-store' } };
    const of = model(store, [second({ name: long })])
      .shared.get('us-1')
      ?.get(long);
    expect(of?.secretReader.role).toMatch(/^shared-a+-[0-9a-z]{8}-store$/);
    expect(of?.secretReader.role).toHaveLength(32 + '-store'.length);
  });
});

describe('a service beside a server that an operator runs', () => {
  const backed = (kind: 'mysql' | 'postgresql', service: string) => {
    const backing = kind === 'mysql' ? mysql({ name: 'data' }) : postgresql({ name: 'data' });
    const plain = {
      image: 'a/b:1',
      resources: { requests: { cpu: 1, memoryMiB: 1 }, limits: { cpu: 1, memoryMiB: 1 } },
    };
    const made = productHaving({ [`services.${service}`]: plain });
    return platformProblems({}, [{ ...made, backing: [...made.backing, backing] }]);
  };

  test.each<['mysql' | 'postgresql', string, string, string]>([
    ['mysql', 'data-internal', 'mariadb-operator', 'data-rw'],
    ['postgresql', 'data-rw', 'CloudNativePG', 'data-internal'],
    ['postgresql', 'data-primary', 'CloudNativePG', 'other-primary'],
  ])('of kind %s is not called %s, as an object of %s is; %s is free', (kind, taken, operator, free) => {
    expect(backed(kind, taken)).toEqual([
      `platform.ts: products.shop.services.${taken}: ${operator} has objects called "${taken}" where "data" is a server of a tenant's own - rename the service [E_PRODUCT_FIELD]`,
    ]);
    expect(backed(kind, free)).toEqual([]);
  });

  test('is found among shared services too', () => {
    const resources = { requests: { cpu: 1, memoryMiB: 1 }, limits: { cpu: 1, memoryMiB: 1 } };
    const backed = (service: string) => ({
      ...productHaving({ [`shared.services.${service}`]: { image: 'a/b:1', resources } }),
      sharedBacking: [postgresql({ name: 'data' })],
    });
    expect(platformProblems({}, [backed('data-ro')])).toEqual([
      expect.stringContaining('products.shop.shared.services.data-ro: CloudNativePG has objects called "data-ro"'),
    ]);
    expect(platformProblems({}, [backed('data-only')])).toEqual([]);
  });
});

describe('a secret store', () => {
  const store = (secretStore: object) => ({ 'clusters.eu-1.secretStore': secretStore });
  const vault = (role: string) => store({ kind: 'vault', server: 'https://v.example', role });
  const aws = (roleArn: string) => store({ kind: 'aws-secrets-manager', region: 'x', roleArn });
  const kubernetes = (namespace: string) => store({ kind: 'kubernetes', namespace });
  test.each<[string, object, string, object]>([
    [
      'of Vault has a known role',
      vault('{name}'),
      'secretStore.role: unknown placeholder {name}',
      vault('{namespace}-{id}'),
    ],
    ['of AWS has a known role', aws('{x}'), 'secretStore.roleArn: unknown placeholder {x}', aws('arn:{id}')],
    [
      'of Kubernetes has a known namespace',
      kubernetes('{x}'),
      'secretStore.namespace: unknown placeholder {x}',
      kubernetes('s-{id}'),
    ],
    [
      'is not one namespace for all',
      kubernetes('store'),
      '"store" is not a namespace beside each tenant\'s own',
      kubernetes('store-{id}'),
    ],
    [
      'is not the tenant’s own namespace',
      kubernetes('{namespace}'),
      '"{namespace}" is not a namespace beside',
      kubernetes('{namespace}-store'),
    ],
    ['has namespaces that can be', kubernetes('S_{id}'), '"S_x1" can be no namespace', kubernetes('s-{id}')],
  ])('%s', (_, wrong, problem, right) => {
    expect(platformProblems(wrong as never)).toContainEqual(expect.stringContaining(problem));
    expect(platformProblems(right as never)).toEqual([]);
  });

  test('of Kubernetes holds the paths of products that are on offer there', () => {
    const product = (secretPath: string) => platformProblems({}, [productHaving({ 'names.secretPath': secretPath })]);
    expect(product('Shop/{id}/{name}')).toEqual([
      expect.stringContaining('products.shop.names.secretPath: no Secret can be called'),
    ]);
    expect(product('shop/{id}/{name}')).toEqual([]);
    const elsewhere = { 'clusters.us-1.products': ['second'] };
    expect(platformProblems(elsewhere, [productHaving({ 'names.secretPath': 'Shop/{id}/{name}' }), second()])).toEqual(
      [],
    );
  });
});

test('shared services reach nothing of the cluster by its address', () => {
  const egress = (to: string) =>
    platformProblems({}, [productHaving({ 'shared.services.hub.egress': [{ to, ports: [443], reason: 'x' }] })]);
  expect(egress('10.64.1.0/24')).toEqual([
    expect.stringContaining('products.shop.shared.services.hub.egress[0].to: 10.64.1.0/24 lies in 10.64.0.0/12'),
    expect.stringContaining('on us-1'),
  ]);
  expect(egress('198.51.100.0/24')).toEqual([]);
});

describe('a platform in plain JavaScript', () => {
  const define = definePlatform as unknown as (input?: unknown) => { platform: unknown };

  test.each([
    undefined,
    null,
    {},
    [],
    5,
    'x',
    { products: 5 },
    { products: [5], clusters: null },
    { clusters: { a: 5 } },
  ])('gets sentences, not exceptions: %j', (input) => {
    const { platform: found, problems } = parsePlatform(define(input).platform, 'p.ts');
    expect(found).toBeNull();
    expect(problems.map(({ path }) => path.split('[')[0])).toContain('products');
    for (const { file, found: text, fix } of problems)
      expect([file, text === '', fix === '']).toEqual(['p.ts', false, false]);
  });

  test('says that products are a list, and what is in it', () => {
    expect(platformProblems({}, shop as never)).toContainEqual(
      expect.stringContaining('products: expected a list, got {'),
    );
    expect(platformProblems({}, [])).toContainEqual(
      expect.stringContaining('products: expected at least one product, got []'),
    );
    expect(platformProblems({}, [undefined])).toContainEqual(
      'platform.ts: products[0]: expected what defineProduct returns, got nothing - import the product and name it here [E_PLATFORM_FIELD]',
    );
  });

  test.each([undefined, 5, {}, { kind: 'tenantry.product' }])('is what definePlatform returns, not %j', (value) => {
    const { problems } = parsePlatform(value, 'p.ts');
    expect(problems).toMatchObject([
      { code: 'E_REGISTRY_PLATFORM', found: expect.stringContaining('expected what definePlatform returns') },
    ]);
  });
});

describe('a program that resolves a tenant', () => {
  const tenant = defineTenant(acme);

  test('gets the resolved tenant', () => {
    expect(resolve(platform, tenant)).toMatchObject({ id: 'acme', file: 'tenant', namespace: 'shop-acme' });
  });

  test('gets every problem in one error', () => {
    const without = { ...tenant, input: { ...acme, plan: 'x', placement: 'y' } };
    expect(() => resolve(platform, without, 'a.ts')).toThrow(TenantryError);
    expect(() => resolve(platform, without, 'a.ts')).toThrow(/a\.ts: placement.*\n.*a\.ts: plan/);
    expect(() => resolve(platform, undefined as never)).toThrow('expected what defineTenant returns, got nothing');
    expect(() => resolve(undefined as never, tenant)).toThrow('expected what definePlatform returns');
    const empty = defineProduct({
      name: 'x',
      displayName: 'X',
      apex: 'x.example',
      services: {},
      plans: {},
      backing: [postgresql({ name: 'X' })],
    });
    expect(() => resolve({ ...platform, products: [empty] } as never, tenant)).toThrow('E_PRODUCT_FIELD');
  });
});
