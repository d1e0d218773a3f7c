import type { Tenant } from '../../lib/model/resolved';
import type { IndexEntry } from '../../lib/registry/index-entry';
import { lossProblems } from '../../lib/registry/loss';
import { claim, claimsOf, entry, now, tenant } from './support';

function lost(before: readonly IndexEntry[], after: readonly Tenant[]) {
  return lossProblems(before, after, 'dist');
}

/** A tenant that no longer has its claims in these spaces. */
function without(...spaces: string[]): Tenant {
  return now('acme', { claims: claimsOf('acme', 'eu-1').filter(({ space }) => !spaces.includes(space)) });
}

describe('nothing is lost', () => {
  test.each<[string, IndexEntry[], Tenant[]]>([
    ['where nothing was', [], [now('acme')]],
    ['where everything is as it was', [entry('acme')], [now('acme')]],
    ['when a tenant is added', [entry('acme')], [now('acme'), now('beta')]],
    ['when a tenant is suspended', [entry('acme')], [now('acme', { state: 'suspended' })]],
    ['when a tenant is purged', [entry('acme')], [now('acme', { state: 'purged' })]],
    ['when a tombstone stays', [entry('acme', { state: 'purged' })], [now('acme', { state: 'purged' })]],
    ['when a purged tenant comes back as it was', [entry('acme', { state: 'purged' })], [now('acme')]],
    [
      'when a purged tenant’s product forgets a service',
      [entry('acme', { state: 'purged' })],
      [tenant('acme', { state: 'purged' })],
    ],
    ['when a file moves to another folder', [entry('acme')], [now('acme', { file: 'tenants/eu/acme.ts' })]],
    ['when a name without data behind it changes', [entry('acme')], [without('postgresql-role')]],
    [
      'when a name is added',
      [entry('acme')],
      [now('acme', { claims: [...claimsOf('acme', 'eu-1'), claim('bucket', 'more', true)] })],
    ],
    ['when a volume grows', [entry('acme')], [now('acme', { claims: claimsOf('acme', 'eu-1', 11) })]],
  ])('%s', (_, before, after) => {
    expect(lost(before, after)).toEqual([]);
  });
});

describe('a tenant that vanished', () => {
  test('is refused with the file to restore and the way to let it go', () => {
    expect(lost([entry('acme'), entry('beta')], [now('beta')])).toEqual([
      {
        code: 'E_LOSS_TENANT',
        file: 'tenants/acme.ts',
        path: '',
        found: '"acme" is in dist/index (active) and no longer in the registry',
        fix: "restore the file, or, once its data may go, keep it with lifecycle: { state: 'purged' }",
      },
    ]);
  });

  test('from a git ref is told with the ref', () => {
    expect(lossProblems([entry('acme')], [], 'origin/main')[0]?.found).toContain('in dist/index of "origin/main"');
  });

  test('as a tombstone would free its names', () => {
    expect(lost([entry('acme', { state: 'purged' })], [])).toMatchObject([
      { code: 'E_LOSS_TENANT', found: expect.stringContaining('names would be free again'), fix: 'restore the file' },
    ]);
  });

  test('only because its file is wrong in another way is not lost', () => {
    expect(lossProblems([entry('acme')], [], 'dist', new Set(['acme']))).toEqual([]);
  });

  test.each<[string, Tenant]>([
    ['its custom domain', tenant('other', { claims: [claim('host', 'debates.acme.example')] })],
    ['nearly its id', tenant('acme2')],
  ])('while a new one has %s is told that ids never change', (_, heir) => {
    const before = entry('acme', { claims: [...claimsOf('acme', 'eu-1'), claim('host', 'debates.acme.example')] });
    expect(lost([before], [heir])).toMatchObject([
      { found: expect.stringContaining(`${heir.file} looks like it under another id`), related: [heir.file] },
    ]);
  });

  test.each<[string, Tenant, IndexEntry[]]>([
    ['is no relation', tenant('zebra'), []],
    ['is of another product', tenant('acme2', { product: 'unity' }), []],
    ['was there before', tenant('acme2'), [entry('acme2', { claims: [] })]],
  ])('is not taken for one that %s', (_, other, before) => {
    const [problem] = lost([entry('acme'), ...before], [other]);
    expect(problem?.found).not.toContain('looks like');
    expect(problem?.related).toBeUndefined();
  });
});

describe('data that would be left behind', () => {
  test('by a move is one problem at the placement that names all of it and the right way', () => {
    expect(lost([entry('acme')], [now('acme', { placement: 'us-1' })])).toEqual([
      {
        code: 'E_LOSS_CLAIM',
        file: 'tenants/acme.ts',
        path: 'placement',
        found:
          'in dist/index it is placed on "eu-1", here on "us-1"; left behind would be ' +
          'the volume "eu-1/nekotab-acme/media" and the PostgreSQL database "pg-eu-1/nekotab_acme"',
        fix: 'write placement: "eu-1"; to move, add a tenant with another id on "us-1", restore a backup into it, and purge this one',
      },
    ]);
  });

  test('by a move does not hide what is gone besides', () => {
    const claims = claimsOf('acme', 'us-1').filter(({ space }) => space !== 'bucket');
    const problems = lost([entry('acme')], [now('acme', { placement: 'us-1', claims })]);
    expect(problems.map(({ path, found }) => path || found)).toEqual([
      'placement',
      expect.stringContaining('the bucket "nekotab-acme"'),
    ]);
  });

  test('by a change of server is told from what to what', () => {
    const claims = claimsOf('acme', 'eu-1').map((c) =>
      c.space === 'postgresql-database' ? { ...c, name: 'pg-eu-2/nekotab_acme' } : c,
    );
    expect(lost([entry('acme')], [now('acme', { claims })])).toMatchObject([
      {
        code: 'E_LOSS_CLAIM',
        found:
          'the PostgreSQL database "pg-eu-1/nekotab_acme", which holds data in dist/index, would be "pg-eu-2/nekotab_acme"',
      },
    ]);
  });

  test('because nothing asks for it any more is told by name, each by itself', () => {
    const problems = lost([entry('acme')], [without('bucket', 'volume')]);
    expect(problems.map(({ code, found }) => [code, found])).toEqual([
      ['E_LOSS_CLAIM', 'the volume "eu-1/nekotab-acme/media", which holds data in dist/index, would be gone'],
      ['E_LOSS_CLAIM', 'the bucket "nekotab-acme", which holds data in dist/index, would be gone'],
    ]);
  });

  test('to another tenant, who has the name now, names that one', () => {
    const heir = now('beta', { claims: [...claimsOf('beta', 'eu-1'), claim('bucket', 'nekotab-acme', true)] });
    expect(lost([entry('acme'), entry('beta')], [without('bucket'), heir])).toMatchObject([
      {
        code: 'E_LOSS_CLAIM',
        file: 'tenants/acme.ts',
        found: expect.stringContaining("is tenants/beta.ts's now"),
        related: ['tenants/beta.ts'],
      },
    ]);
  });

  test('of a purged tenant that comes back elsewhere is refused, since nobody can say that it is gone', () => {
    const back = now('acme', { placement: 'us-1' });
    expect(lost([entry('acme', { state: 'purged' })], [back])).toMatchObject([{ code: 'E_LOSS_CLAIM' }]);
  });
});
