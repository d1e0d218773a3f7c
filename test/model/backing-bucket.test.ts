import { array, assert, constantFrom, property, stringMatching } from 'fast-check';
import { type BucketDetails, buckets } from '../../lib/backing/bucket';
import { type ContextChanges, claims, offerContext, outputs, SERVERS } from './offer-context';

const PRODUCTS = { products: 'client-{id}-products' };

const offer = (options: object = {}, changes: ContextChanges = {}) =>
  buckets({ name: 'storage', buckets: PRODUCTS }).offer({ buckets: PRODUCTS, ...options }, offerContext(changes));

const ids = stringMatching(/^[a-z][a-z0-9-]{0,30}[a-z0-9]$/);

describe('buckets', () => {
  const two = { products: 'client-{id}-products', media: '{product}-{id}-media' };

  test('are the tenant’s, with two users for them all who take turns', () => {
    const storage = offer({ buckets: two });
    expect(claims(storage)).toEqual([
      'bucket s3-eu/shop-acme-media *',
      'bucket s3-eu/client-acme-products *',
      's3-user s3-eu/shop-acme-a',
      's3-user s3-eu/shop-acme-b',
    ]);
    expect(outputs(storage)).toEqual({
      endpoint: 'https://s3.eu.example',
      region: 'eu-central-1',
      accessKeyId: 'shop-acme-a',
      secretAccessKey: '<production/shop/acme/storage-a#secretAccessKey:none>',
      media: 'shop-acme-media',
      products: 'client-acme-products',
    });
    expect(storage).toMatchObject({
      kind: 'bucket',
      server: 's3-eu',
      jurisdiction: 'eu',
      dump: null,
      own: null,
      peers: [{ kind: 'cidr', cidr: '10.20.0.0/24', port: 443 }],
      secrets: ['a', 'b'].map((use) => ({
        ...{ path: `production/shop/acme/storage-${use}`, keys: ['secretAccessKey'] },
        ...{ origin: 'generated', length: 40, use },
      })),
      details: { base: 'shop-acme', versioning: true, expireNoncurrentDays: 30 },
    });
  });

  test('are on a port that is said where it is not that of HTTPS', () => {
    const other = { ...SERVERS['s3-eu'], port: 9000 } as (typeof SERVERS)[string];
    expect(outputs(offer({}, { servers: { 's3-eu': other } })).endpoint).toBe('https://s3.eu.example:9000');
  });

  test('are members by what they are for', () => {
    const storage = buckets({ name: 'storage', buckets: two });
    expect(storage.products).toEqual({ kind: 'ref', source: 'backing', name: 'storage', output: 'products' });
    expect(storage.outputs).toEqual(['endpoint', 'region', 'accessKeyId', 'secretAccessKey', 'products', 'media']);
    // @ts-expect-error: there is no bucket of that name
    expect(storage.uploads).toBeUndefined();
  });

  test.each(['kind', 'name', 'offer', 'outputs', 'schema', 'options', 'feature', 'endpoint', 'secretAccessKey'])(
    'cannot be called %s, which the service has already',
    (use) => {
      expect(() => buckets({ name: 'storage', buckets: { [use]: '{id}-x' } as Record<'x', string> })).toThrow(
        `bucket "storage" cannot have an output called ${JSON.stringify(use)}`,
      );
      expect(() =>
        buckets({ name: 'storage', buckets: { [`${use}s`]: '{id}-x' } as Record<'x', string> }),
      ).not.toThrow();
    },
  );

  test('of those names are underlined in an editor', () => {
    // @ts-expect-error: `endpoint` is an output of its own
    expect(() => buckets({ name: 'storage', buckets: { endpoint: '{id}-x' } })).toThrow('endpoint');
    // @ts-expect-error: every service has a name
    expect(() => buckets({ name: 'storage', buckets: { name: '{id}-x' } })).toThrow('name');
  });

  test('that the product has are there in every plan', () => {
    expect(() => offer({ buckets: { media: '{id}-media' } })).toThrow('no bucket for "products"');
    expect(() => offer({ buckets: { products: '{id}-p', media: '{id}-media' } })).not.toThrow();
  });

  test('have names that S3 does not keep for itself', () => {
    expect(() => offer({ buckets: { products: '{id}-s3alias' } })).toThrow('which S3 keeps for itself');
    expect(() => offer({ buckets: { products: '{id}-s3aliases' } })).not.toThrow();
    expect(() => offer({ buckets: { products: '{id}-x' } }, { id: 'xn--a' })).toThrow('which S3 keeps for itself');
    expect(() => offer({ buckets: { products: 'x-{id}' } }, { id: 'xn--a' })).not.toThrow();
  });

  test('are told from one another, whatever the id', () => {
    const pair = { products: '{id}-a', media: 'a-{id}' };
    expect(() => offer({ buckets: pair }, { id: 'a-a' })).toThrow('two buckets called "a-a-a"');
    expect(() => offer({ buckets: pair }, { id: 'ab' })).not.toThrow();
  });
});

test.each<[object, object, string]>([
  [{ buckets: {} }, {}, 'expected at least one bucket'],
  [{ buckets: { products: 'products' } }, { buckets: { products: 'products-{id}' } }, 'expected {id} in it'],
  [{ buckets: { products: '{id}_x' } }, { buckets: { products: '{id}-x' } }, 'expected lower-case letters'],
  [{ buckets: { products: '{id}.x' } }, { buckets: { products: '{id}x' } }, 'expected lower-case letters'],
  [{ buckets: { products: '-{id}' } }, { buckets: { products: 'x-{id}' } }, 'no hyphen at its ends'],
  [{ buckets: { products: '{id}-' } }, { buckets: { products: '{id}-x' } }, 'no hyphen at its ends'],
  [{ buckets: { products: '{id}' } }, { buckets: { products: '{id}x' } }, 'at least 3 characters'],
  [
    { buckets: { products: '{id}-x', media: '{id}-x' } },
    { buckets: { products: '{id}-x', media: '{id}-y' } },
    'another name for each bucket',
  ],
  [
    { buckets: { ...PRODUCTS, 'a-b': '{id}-x' } },
    { buckets: { ...PRODUCTS, aB: '{id}-x' } },
    'expected letters and digits',
  ],
  [
    { buckets: { ...PRODUCTS, constructor: '{id}-x' } },
    { buckets: { ...PRODUCTS, constructors: '{id}-x' } },
    'a name that not every object has',
  ],
  [{ user: 'shop' }, { user: 'shop-{id}' }, 'expected {id} in it'],
  [{ expireNoncurrentDays: 0 }, { expireNoncurrentDays: 1 }, 'expireNoncurrentDays'],
])('refuses %j, not %j', (bad, good, problem) => {
  expect(() => offer(bad)).toThrow(problem);
  expect(() => offer(good)).not.toThrow();
});

test('names are what S3 takes, however long they would be, and differ where ids do', () => {
  const templates = constantFrom('{product}-{id}-x', '{id}x', `${'x'.repeat(50)}-{id}`, `{id}${'y'.repeat(60)}`);
  assert(
    property(array(ids, { minLength: 2, maxLength: 2 }), templates, (pair, template) => {
      const [one, other] = pair.map((id) => {
        const { details } = offer({ buckets: { products: template }, user: template }, { id: `t${id}` });
        const { buckets: named, user } = details as BucketDetails;
        expect(named[0]?.name).toMatch(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/);
        expect(user.length).toBeLessThanOrEqual(64);
        return `${named[0]?.name} ${user}`;
      });
      expect(one === other).toBe(pair[0] === pair[1]);
    }),
  );
});
