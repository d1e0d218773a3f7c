import { defineProduct, generatedSecret, type Product, postgresql } from '../../lib';
import type { PlatformModel } from '../../lib/model/parse-platform';
import { sharedCredentials } from '../../lib/model/resolve-credentials';
import { sharedHoldings } from '../../lib/model/shared-holdings';
import { indexCredentials, type SharedEntry } from '../../lib/registry/index-entry';
import { releaseProblems, sharedLosses } from '../../lib/registry/loss-shared';
import { model, platformProblems, productHaving, shop } from '../model/fixture';

const resources = { requests: { cpu: 0.1, memoryMiB: 128 }, limits: { cpu: 0.5, memoryMiB: 256 } };
const database = postgresql({ name: 'hub-database', database: 'hub_{id}' });
const key = generatedSecret({ name: 'hub-key' });

/** The made-up product whose shared services hold a volume, a database and a secret. */
const hub: Product = {
  ...productHaving({ 'shared.services.hub.volumes': { files: { path: '/srv', sizeGiB: 10 } } }),
  sharedBacking: [database, key],
};

function platform(changes: Readonly<Record<string, unknown>> = {}, product: Product | null = hub): PlatformModel {
  return model(changes, product === null ? [other] : [product]);
}

const other = defineProduct({
  ...{ name: 'other', displayName: 'Other', apex: 'other.example', plans: { only: {} } },
  services: { web: { image: 'a/web:1', port: 80, resources } },
  routes: [{ hosts: ['{id}.{apex}'], paths: { '/': 'web' } }],
});

/** What a synthesis of a platform leaves. */
function entries(platform: PlatformModel): SharedEntry[] {
  return [...platform.shared].flatMap(([placement, spaces]) =>
    [...spaces.values()].map((space) => ({
      ...{ id: `${placement}.${space.product}`, product: space.product, placement, namespace: space.namespace },
      claims: sharedHoldings(space),
      credentials: indexCredentials(sharedCredentials(platform, space)),
    })),
  );
}

const before = entries(platform());

/** Problems with those of the cluster `eu-1`, to keep them short. */
function lost(after: PlatformModel, from = before) {
  return sharedLosses(
    from.filter(({ placement }) => placement === 'eu-1'),
    after,
    'dist',
  ).map(({ problem }) => problem);
}

/** Names in `released` of all that shared services hold on a cluster. */
function releasing(placement: string): Record<string, string> {
  const claims = before.filter((entry) => entry.placement === placement).flatMap((entry) => entry.claims);
  return Object.fromEntries(
    claims.filter(({ stateful }) => stateful).map(({ space, name }) => [`${space} ${name}`, 'copied on 2026-07-01']),
  );
}

test('shared services hold their namespace, volumes, databases and generated secrets', () => {
  const held = before.find(({ placement }) => placement === 'eu-1')?.claims ?? [];
  expect(held.filter(({ stateful }) => stateful).map(({ space, name }) => `${space} ${name}`)).toEqual(
    expect.arrayContaining([
      'namespace eu-1/shop-hub',
      'volume eu-1/shop-hub/hub-files',
      expect.stringMatching(/^postgresql-database pg-eu\/hub_/),
      expect.stringMatching(/^secret-path .*hub-key$/),
    ]),
  );
  expect(held.map(({ space }) => space)).not.toContain('placement');
});

describe('nothing is lost', () => {
  test.each<[string, PlatformModel]>([
    ['where everything is as it was', platform()],
    ['when a volume grows', platform({}, productHaving({ 'shared.services.hub.volumes.files.sizeGiB': 20 }, hub))],
    ['when a server becomes a newer version', platform({ 'servers.pg-eu.version': '18' })],
    [
      'when a service is added',
      platform({}, productHaving({ 'shared.services.more': { image: 'a/more:1', resources } }, hub)),
    ],
    [
      'when a host of theirs changes',
      platform({}, productHaving({ 'shared.routes': [{ hosts: ['h-{cluster}.{apex}'], paths: { '/': 'hub' } }] }, hub)),
    ],
  ])('%s', (_, after) => {
    expect(lost(after)).toEqual([]);
  });

  test('when a namespace in which nothing keeps data is renamed or goes', () => {
    const stateless = entries(platform({}, shop));
    expect(stateless.length).toBe(2);
    expect(lost(platform({}, productHaving({ 'shared.namespace': 'elsewhere' })), stateless)).toEqual([]);
    expect(lost(platform({}, null), stateless)).toEqual([]);
  });
});

describe('what would be left behind is refused', () => {
  const path = 'products.shop.shared';

  test('when a database is renamed, with both names and what to write where that is meant', () => {
    const renamed = { ...hub, sharedBacking: [postgresql({ name: 'hub-database', database: 'core_{id}' }), key] };
    expect(lost(platform({}, renamed))).toEqual([
      {
        code: 'E_LOSS_CLAIM',
        file: 'platform.ts',
        path,
        found: expect.stringMatching(
          /^in dist\/index the shared services of shop on eu-1 hold data that would be left behind: the PostgreSQL database "pg-eu\/hub_.*", which would be "pg-eu\/core_/,
        ),
        fix: expect.stringMatching(/^put back .* released: \{ "postgresql-database pg-eu\/hub_.*": '\.\.\.' \}$/),
      },
    ]);
  });

  test('when the cluster takes another server', () => {
    expect(lost(platform({ 'clusters.eu-1.servers.postgresql': 'pg-eu-2' }))).toMatchObject([
      { code: 'E_LOSS_CLAIM', path, found: expect.stringContaining('which would be "pg-eu-2/hub_') },
    ]);
  });

  test('when the server of that name lies elsewhere or is older', () => {
    expect(lost(platform({ 'servers.pg-eu.host': 'pg9.eu.example' }))).toMatchObject([{ code: 'E_LOSS_SHRINK', path }]);
    expect(lost(platform({ 'servers.pg-eu.version': '16' }))).toMatchObject([{ code: 'E_LOSS_SHRINK', path }]);
  });

  test('when a volume shrinks, or goes', () => {
    const smaller = productHaving({ 'shared.services.hub.volumes.files.sizeGiB': 9 }, hub);
    expect(lost(platform({}, smaller))).toMatchObject([
      { code: 'E_LOSS_SHRINK', path, found: expect.stringContaining('is 10 in dist/index, here 9') },
    ]);
    const gone = productHaving({ 'shared.services.hub.volumes': {} }, hub);
    expect(lost(platform({}, gone))).toMatchObject([
      { code: 'E_LOSS_CLAIM', path, found: expect.stringContaining('the volume "eu-1/shop-hub/hub-files"') },
    ]);
  });

  test('when the namespace is renamed, with all that lies in it', () => {
    const [problem, ...more] = lost(platform({}, productHaving({ 'shared.namespace': 'shop-core' }, hub)));
    expect(more).toEqual([]);
    expect(problem?.found).toContain('the namespace "eu-1/shop-hub", which would be "eu-1/shop-core"');
    expect(problem?.found).toContain('the volume "eu-1/shop-hub/hub-files"');
  });

  test.each<[string, string, PlatformModel]>([
    ['the product is no longer on offer there', 'clusters.eu-1.products', platform({ 'clusters.eu-1.products': [] })],
    ['the product is gone', path, platform({}, null)],
    ['the product has no shared services any more', path, platform({}, withoutShared())],
  ])('when %s', (_, place, after) => {
    expect(lost(after)).toMatchObject([
      { code: 'E_LOSS_CLAIM', file: 'platform.ts', path: place, found: expect.stringContaining('on eu-1') },
    ]);
  });

  test('when the cluster is gone', () => {
    expect(lost(platform({ 'clusters.eu-1': undefined }))).toMatchObject([
      { code: 'E_LOSS_CLAIM', path: 'clusters.eu-1' },
    ]);
  });

  test('and told with the ref that it comes from', () => {
    const [loss] = sharedLosses(before, platform({}, null), 'main');
    expect(loss?.problem.found).toContain('in dist/index of "main"');
  });
});

describe('what is released', () => {
  const withdrawn = { 'clusters.eu-1.products': [] };

  test('may go, all of it or what is named', () => {
    const all = releasing('eu-1');
    expect(lost(platform({ ...withdrawn, released: all }))).toEqual([]);
    const [first = '', ...rest] = Object.keys(all);
    const most = Object.fromEntries(rest.map((name) => [name, 'why']));
    const [problem] = lost(platform({ ...withdrawn, released: most }));
    expect(problem?.fix).toContain(`released: { ${JSON.stringify(first)}: '...' }`);
    expect(problem?.fix).not.toContain(rest[0]);
  });

  test('on one cluster stays on another', () => {
    const after = platform({ ...withdrawn, 'clusters.us-1.products': [], released: releasing('eu-1') });
    const paths = sharedLosses(before, after, 'dist').map(({ problem }) => problem.path);
    expect(paths).toEqual(['clusters.us-1.products']);
  });

  test('is not also held, and is free to be named before it is known', () => {
    const held = platform({ released: { 'volume eu-1/shop-hub/hub-files': 'why' } });
    expect(releaseProblems(held)).toEqual([
      {
        code: 'E_PLATFORM_FIELD',
        file: 'platform.ts',
        path: 'released["volume eu-1/shop-hub/hub-files"]',
        found: 'it is held by the shared services of shop on eu-1',
        fix: 'remove this line, or what holds it',
      },
    ]);
    expect(releaseProblems(platform({ released: { 'volume eu-1/old/files': 'why' } }))).toEqual([]);
  });

  test('has a space, a name and a reason', () => {
    const wrong = (released: unknown) => platformProblems({ released });
    expect(wrong({ files: 'why' })).toEqual([expect.stringContaining('expected a space and a name')]);
    expect(wrong({ 'volume eu-1/a/b': '' })).toEqual([expect.stringContaining('something in it')]);
    expect(wrong({ 'volume eu-1/a/b': 'copied' })).toEqual([]);
  });
});

describe('logins of shared services', () => {
  const having = (database: unknown) =>
    platform({ 'clusters.eu-1.credentials': { shop: { 'hub-database': database } } });
  const path = 'clusters.eu-1.credentials.shop.hub-database';

  test('are in the index, without a day where nobody has written one', () => {
    const [{ credentials } = {}] = entries(having({ b: { version: 2, on: '2026-11-01' } }));
    expect(credentials?.['hub-database']).toEqual({
      active: 'a',
      logins: { a: { version: 1, on: null }, b: { version: 2, on: '2026-11-01' }, backup: { version: 1, on: null } },
    });
  });

  test.each<[string, unknown, unknown]>([
    ['the resting login gets a password', {}, { b: { version: 2, on: '2026-11-01' } }],
    ['services go over to a login that is as it was', { b: { version: 2 } }, { active: 'b', b: { version: 2 } }],
    ['the old one gets a password after that', { active: 'b' }, { active: 'b', a: { version: 2 } }],
    ['a day is written for the first time', {}, { a: { on: '2026-01-15' } }],
  ])('may change without a break: %s', (_, old, now) => {
    expect(lost(having(now), entries(having(old)))).toEqual([]);
  });

  test.each<[string, unknown, unknown, string, string]>([
    ['the login in use gets a password', {}, { active: 'a', a: { version: 5 } }, 'a.version', '(version 1 to 5)'],
    ['a version goes back', { b: { version: 3 } }, { b: { version: 2 } }, 'b.version', 'goes back from 3 to 2'],
    ['a new password is used at once', {}, { active: 'b', b: { version: 2 } }, 'active', 'in the same step'],
    [
      'a day changes alone',
      { b: { on: '2026-01-15' } },
      { b: { on: '2099-01-01' } },
      'b.on',
      'would be of "2099-01-01" instead of "2026-01-15"',
    ],
    ['a day goes', { b: { on: '2026-01-15' } }, {}, 'b.on', 'would have no day'],
  ])('are refused where %s', (_, old, now, field, found) => {
    expect(lost(having(now), entries(having(old)))).toEqual([
      {
        code: 'E_CREDENTIAL',
        file: 'platform.ts',
        path: `${path}.${field}`,
        found: expect.stringContaining(found),
        fix: expect.stringMatching(/^write /),
      },
    ]);
  });

  test('an entry of an earlier version, which has none, allows any', () => {
    const earlier = before.map(({ credentials: _, ...entry }) => entry);
    expect(lost(having({ active: 'a', a: { version: 5 } }), earlier)).toEqual([]);
  });
});

/** The product as it would be without any. */
function withoutShared(): Product {
  const product = productHaving({ shared: null, 'services.web.env': {} }, hub);
  return { ...product, sharedBacking: [] };
}
