import { generatedSecret, type Product, redis } from '../../lib';
import type { Offer } from '../../lib/model/offer';
import { isSecret, type Parts } from '../../lib/model/values';
import { claimProblems } from '../../lib/registry/claims';
import { model, productHaving, resolved, shop } from './fixture';

/** The product with one backing service replaced by another of its name. */
function having(service: Product['backing'][number]): Product {
  return {
    ...productHaving({ 'plans.large.backing': {}, 'plans.dedicated.backing': {} }),
    backing: shop.backing.map((b) => (b.name === service.name ? service : b)),
  };
}

function offer(service: Product['backing'][number], changes: Record<string, unknown> = {}, platform = {}): Offer {
  const found = resolved(changes, model(platform, [having(service)])).offers.find(({ name }) => name === service.name);
  if (found === undefined) throw new Error('no offer');
  return found;
}

/** With secrets as `<path#key>`. */
function written(parts: Parts | undefined): string {
  return (parts ?? [])
    .map((part) => (typeof part === 'string' ? part : `<${part.path}#${part.key}:${part.encode}>`))
    .join('');
}

describe('Redis', () => {
  test('on a shared server is a user that ends at its prefix', () => {
    const shared = offer(redis({ name: 'sessions' }));
    expect(shared.claims).toEqual([{ space: 'redis-prefix', name: 'redis-eu/acme:', stateful: false, fixed: {} }]);
    expect(['user', 'prefix', 'host', 'port'].map((name) => written(shared.outputs[name]))).toEqual([
      'acme',
      'acme:',
      'redis.eu.example',
      '6379',
    ]);
    expect(written(shared.outputs.url)).toBe(
      'redis://acme:<production/shop/acme/sessions#password:url>@redis.eu.example:6379/0',
    );
    expect([shared.dump, shared.own]).toEqual([null, null]);
  });

  test('of its own claims nothing and keeps nothing', () => {
    const own = offer(redis({ name: 'sessions', provision: 'own', own: { memoryMiB: 256 } }));
    expect(own).toMatchObject({ server: null, claims: [], own: { memoryMiB: 256, storageGiB: 0, instances: 1 } });
    expect(written(own.outputs.user)).toBe('default');
    expect(written(own.outputs.host)).toBe('sessions');
  });

  test('has an image with a tag', () => {
    expect(() => model({}, [having(redis({ name: 'sessions', own: { image: 'redis:latest' } }))])).toThrow(
      'backing.sessions.own.image: expected a tag other than latest',
    );
    expect(() => model({}, [having(redis({ name: 'sessions', own: { image: 'redis:8' } }))])).not.toThrow();
  });
});

describe('a generated secret', () => {
  test('is one entry of the store, of the length that was asked for', () => {
    const key = offer(generatedSecret({ name: 'signing-key', length: 64 }));
    expect(key).toMatchObject({
      secrets: [{ path: 'production/shop/acme/signing-key', keys: ['value'], origin: 'generated', length: 64 }],
      claims: [],
      peers: [],
      dump: null,
      own: null,
    });
    expect(isSecret(key.outputs.value ?? [])).toBe(true);
    expect(() => model({}, [having(generatedSecret({ name: 'signing-key', length: 15 }))])).toThrow(
      'signing-key.length: expected at least 16, got 15',
    );
  });
});

describe('names of two tenants that meet', () => {
  const other = (changes: object, on = model()) => ({ ...resolved(changes as never, on), file: 'other.ts' });

  test('after folding are claimed by both', () => {
    // shop + a-bb and shop-a + bb both fold to shop_a_bb.
    const second = {
      ...productHaving({ name: 'shop-a', apex: 'shop-a.example', 'shared.namespace': 'hub-2' }),
      name: 'shop-a',
    };
    const on = model({}, [shop, second]);
    const met = claimProblems([resolved({ id: 'a-bb' }, on), other({ id: 'bb', product: 'shop-a' }, on)]);
    expect(met.map(({ found }) => found)).toContainEqual(
      expect.stringContaining('the PostgreSQL database "pg-eu/shop_a_bb" is claimed by other.ts and by acme.ts'),
    );
    expect(met.map(({ found }) => found)).toContainEqual(
      expect.stringContaining('the namespace "shop-a-bb" is claimed'),
    );
    expect(claimProblems([resolved({ id: 'a-bb' }, on), other({ id: 'cc', product: 'shop-a' }, on)])).toEqual([]);
  });

  test('after cutting do not meet: what is cut off is in the hash', () => {
    const long = model({}, [productHaving({ 'names.namespace': `${'n'.repeat(60)}-{id}` })]);
    const [one, two] = ['x'.repeat(31), 'y'.repeat(31)].map((id) => resolved({ id }, long).namespace);
    expect([one?.length, two?.length]).toEqual([63, 63]);
    expect(one?.slice(0, 54)).toBe(two?.slice(0, 54));
    expect(one).not.toBe(two);
  });

  test('by the templates of two products are claimed by both', () => {
    const named = (name: string, namespace: string) => ({
      ...productHaving({
        name,
        apex: `${name}.example`,
        'shared.namespace': `${name}-hub`,
        'names.namespace': namespace,
      }),
      name,
    });
    const on = model({}, [named('one', 't-{id}'), named('two', 't-x-{id}')]);
    const met = claimProblems([resolved({ product: 'one', id: 'x-bb' }, on), other({ product: 'two', id: 'bb' }, on)]);
    expect(met.map(({ found }) => found)).toContainEqual(
      'the namespace "t-x-bb" is claimed by other.ts and by acme.ts',
    );
    expect(
      claimProblems([resolved({ product: 'one', id: 'bb' }, on), other({ product: 'two', id: 'cc' }, on)]),
    ).toEqual([]);
  });
});
