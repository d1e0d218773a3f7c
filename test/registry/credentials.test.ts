import type { ResolvedCredential } from '../../lib/model/credentials';
import type { Tenant } from '../../lib/model/resolved';
import type { IndexCredential } from '../../lib/registry/index-entry';
import { lossProblems } from '../../lib/registry/loss';
import { entry, now } from './support';

type Uses = Readonly<Partial<Record<'a' | 'b' | 'backup' | 'value', number>>>;

const ON = '2026-01-15';

function written(active: IndexCredential['active'], logins: Uses, on = ON): ResolvedCredential {
  const all = Object.entries(logins).map(([use, version]) => [use, { version, on }]);
  return { active, logins: Object.fromEntries(all) };
}

/** The same as an index has it. */
const index: (...given: Parameters<typeof written>) => IndexCredential = written;

const FIRST: Uses = { a: 1, b: 1, backup: 1 };

/** From one state of the database's logins to another. */
function problems(
  before: IndexCredential | undefined,
  after: ResolvedCredential,
  states: readonly [before: Tenant['state'], after: Tenant['state']] = ['active', 'active'],
) {
  const credentials = before === undefined ? {} : { credentials: { database: before } };
  return lossProblems(
    [entry('acme', { state: states[0], ...credentials })],
    [now('acme', { state: states[1], credentials: { database: after } })],
    'dist',
  );
}

describe('is fine', () => {
  test.each<[string, IndexCredential | undefined, ResolvedCredential]>([
    ['nothing changed', index('a', FIRST), written('a', FIRST)],
    ['an index that knows of no credentials yet', undefined, written('b', { a: 7, b: 3 })],
    ['the resting login gets a password', index('a', FIRST), written('a', { ...FIRST, b: 2 })],
    ['pods go over to a login that is as it was', index('a', { a: 1, b: 2 }), written('b', { a: 1, b: 2 })],
    ['the old one gets a password after that', index('b', { a: 1, b: 2 }), written('b', { a: 2, b: 2 })],
    ['the login of backups gets one', index('a', FIRST), written('a', { ...FIRST, backup: 2 })],
    ['a second login is added', index('a', { a: 1, backup: 1 }), written('a', FIRST)],
    ['what has one value only gets another', index('value', { value: 1 }), written('value', { value: 2 })],
    [
      'pods go over and the login that they leave is left alone',
      index('b', { a: 4, b: 2 }),
      written('a', { a: 4, b: 2 }),
    ],
  ])('%s', (_, before, after) => {
    expect(problems(before, after)).toEqual([]);
  });

  test('a tenant without pods may have all of them at once', () => {
    expect(problems(index('a', FIRST), written('b', { a: 2, b: 2, backup: 2 }), ['suspended', 'suspended'])).toEqual(
      [],
    );
  });

  test('a new tenant may have any', () => {
    expect(
      lossProblems([], [now('acme', { credentials: { database: written('b', { a: 3, b: 9 }) } })], 'dist'),
    ).toEqual([]);
  });

  test('a purged tenant has none left to cut off', () => {
    expect(problems(index('a', { a: 5 }), written('a', { a: 1 }), ['active', 'purged'])).toEqual([]);
  });
});

describe('is refused', () => {
  test('a version that goes back, for a suspended tenant too', () => {
    const back = {
      code: 'E_CREDENTIAL',
      file: 'tenants/acme.ts',
      path: 'credentials.database.b.version',
      found: 'the version of login "b" of "database" (dist/index) goes back from 3 to 2',
      fix: 'write version: 3, or a later one; versions only count up',
    };
    expect(problems(index('a', { a: 1, b: 3 }), written('a', { a: 1, b: 2 }))).toEqual([back]);
    expect(problems(index('a', { a: 1, b: 3 }), written('a', { a: 1, b: 2 }), ['suspended', 'suspended'])).toEqual([
      back,
    ]);
  });

  test('another password for the login that pods use, with the steps that lead there', () => {
    expect(problems(index('a', FIRST), written('a', { ...FIRST, a: 2 }))).toEqual([
      {
        code: 'E_CREDENTIAL',
        file: 'tenants/acme.ts',
        path: 'credentials.database.a.version',
        found:
          'login "a" of "database" (dist/index) is the one that pods use, and would get another password (version 1 to 2)',
        fix: 'write version: 1; first raise b, merge, apply; then write active: "b", merge; then raise a',
      },
    ]);
  });

  test('another password for the login that pods are only just leaving', () => {
    expect(problems(index('a', { a: 1, b: 2 }), written('b', { a: 2, b: 2 }))).toMatchObject([
      { code: 'E_CREDENTIAL', path: 'credentials.database.a.version' },
    ]);
  });

  test('going over to a login whose password is made in the same step', () => {
    expect(problems(index('a', FIRST), written('b', { ...FIRST, b: 2 }))).toEqual([
      {
        code: 'E_CREDENTIAL',
        file: 'tenants/acme.ts',
        path: 'credentials.database.active',
        found:
          'pods would go over to login "b" of "database" (dist/index), which goes from version 1 to 2 in the same step',
        fix: 'write active: "a"; first raise b, merge, apply; then write active: "b"; then raise a',
      },
    ]);
  });

  test('going over to a login that is new', () => {
    expect(problems(index('a', { a: 1 }), written('b', { a: 1, b: 1 }))).toMatchObject([
      { path: 'credentials.database.active', found: expect.stringContaining('which is new, with version 1') },
    ]);
  });

  test('another password for an only login, unless the tenant is suspended first', () => {
    expect(problems(index('a', { a: 1, backup: 1 }), written('a', { a: 2, backup: 1 }))).toMatchObject([
      {
        fix: expect.stringContaining(
          'there is no second login, so suspend the tenant, merge and apply that, then raise it',
        ),
      },
    ]);
    const states: [Tenant['state'], Tenant['state']][] = [
      ['active', 'suspended'],
      ['suspended', 'active'],
    ];
    for (const state of states)
      expect(problems(index('a', { a: 1 }), written('a', { a: 2 }), state)).toMatchObject([{ code: 'E_CREDENTIAL' }]);
  });

  test('and told with the ref that it is compared with', () => {
    const [problem] = lossProblems(
      [entry('acme', { credentials: { database: index('a', FIRST) } })],
      [now('acme', { credentials: { database: written('a', { ...FIRST, a: 2 }) } })],
      'origin/main',
    );
    expect(problem?.found).toContain('(dist/index of "origin/main")');
  });
});

describe('the day of a password', () => {
  test('changes with its version', () => {
    const after = {
      ...written('a', FIRST),
      logins: { ...written('a', FIRST).logins, b: { version: 2, on: '2026-04-20' } },
    };
    expect(problems(index('a', FIRST), after)).toEqual([]);
  });

  test('is refused where the version is the same, for a suspended tenant too', () => {
    const later = written('a', { b: 3 }, '2099-01-01');
    const redated = {
      code: 'E_CREDENTIAL',
      file: 'tenants/acme.ts',
      path: 'credentials.database.b.on',
      found:
        'the password of login "b" of "database" (dist/index) would be of "2099-01-01" instead of "2026-01-15", ' +
        'and is the same (version 3)',
      fix: 'write on: "2026-01-15"; the day changes with the version only, when a password is made anew',
    };
    expect(problems(index('a', { b: 3 }), later)).toEqual([redated]);
    expect(problems(index('a', { b: 3 }), later, ['suspended', 'suspended'])).toEqual([redated]);
    expect(problems(index('a', { b: 3 }), written('a', { b: 3 }))).toEqual([]);
  });

  test('is refused where it is taken away', () => {
    expect(problems(index('a', { b: 1 }), written('a', { b: 1 }, ''))).toMatchObject([
      {
        path: 'credentials.database.b.on',
        found: expect.stringContaining('would have no day instead of "2026-01-15"'),
      },
    ]);
  });

  test('may be written where nobody has written one yet', () => {
    const undated: IndexCredential = { active: 'a', logins: { a: { version: 1, on: null } } };
    expect(problems(undated, written('a', { a: 1 }))).toEqual([]);
  });
});
