import fc from 'fast-check';
import type { ClaimSpace } from '../../lib/model/offer';
import { claimProblems } from '../../lib/registry/claims';
import { claim, tenant } from './support';

describe('claims', () => {
  test('on different names, or on one name in different spaces, are accepted', () => {
    const tenants = [
      tenant('a', { claims: [claim('bucket', 'x'), claim('vhost', 'y')] }),
      tenant('b', { claims: [claim('bucket', 'y'), claim('vhost', 'x')] }),
    ];
    expect(claimProblems(tenants)).toEqual([]);
  });

  test('on one name in one space are refused at the later file, which names both', () => {
    const claims = [claim('postgresql-database', 'pg-eu-1/nekotab_acme')];
    expect(claimProblems([tenant('b', { claims }), tenant('a', { claims })])).toEqual([
      {
        code: 'E_CLAIM',
        file: 'tenants/b.ts',
        path: 'id',
        found: 'the PostgreSQL database "pg-eu-1/nekotab_acme" is claimed by tenants/b.ts and by tenants/a.ts',
        fix: 'choose another id for the newer one; names are compared after they are folded and cut',
        related: ['tenants/a.ts'],
      },
    ]);
  });

  test('of many tenants on one name are one problem that names every file', () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
    const problems = claimProblems(ids.map((id) => tenant(id, { claims: [claim('bucket', 'x')] })));
    expect(problems).toHaveLength(1);
    expect(problems[0]?.related).toEqual(ids.slice(0, 5).map((id) => `tenants/${id}.ts`));
    expect(problems[0]?.found).toContain('tenants/f.ts and by tenants/a.ts, tenants/b.ts, tenants/c.ts and 2 more');
  });

  test('of a purged tenant still hold', () => {
    const claims = [claim('bucket', 'x')];
    const [problem] = claimProblems([tenant('a', { claims, state: 'purged' }), tenant('b', { claims })]);
    expect(problem).toMatchObject({
      file: 'tenants/b.ts',
      found: expect.stringContaining('tenants/a.ts, which is purged'),
    });
  });

  test('of settings are told where the setting is written', () => {
    const claims = [claim('setting', 'unity.organisation.slug="acme"')];
    const given = { product: 'unity', claims };
    expect(claimProblems([tenant('a', given), tenant('b', given)])).toMatchObject([
      { path: 'settings.organisation.slug', fix: 'write another value in one of them' },
    ]);
  });

  test.each<ClaimSpace>(['id', 'host'])('on %s are left to the rule that knows more about them', (space) => {
    const claims = [claim(space, 'x')];
    expect(claimProblems([tenant('a', { claims }), tenant('b', { claims })])).toEqual([]);
  });

  test('that one tenant makes twice, or two files of one id, are no clash', () => {
    const claims = [claim('bucket', 'x'), claim('bucket', 'x')];
    expect(claimProblems([tenant('a', { claims }), tenant('a', { file: 'tenants/eu/a.ts', claims })])).toEqual([]);
  });

  test('on what the platform holds are refused, and on the like are not', () => {
    const own = [{ space: 'namespace', name: 'nekotab-shared', owner: 'the shared services of nekotab' }] as const;
    const tenants = [
      tenant('shared', { claims: [claim('namespace', 'nekotab-shared')] }),
      tenant('other', { claims: [claim('namespace', 'nekotab-other'), claim('bucket', 'nekotab-shared')] }),
    ];
    expect(claimProblems(tenants, own)).toMatchObject([
      {
        code: 'E_CLAIM',
        file: 'tenants/shared.ts',
        found: expect.stringContaining('is taken by the shared services of nekotab'),
      },
    ]);
  });
});

test('a problem is found exactly where two tenants share a name, in whatever order they come', () => {
  const claims = fc.array(
    fc.record({ space: fc.constantFrom('bucket', 'vhost', 'setting'), name: fc.constantFrom('x', 'y', 'z', 'x=') }),
  );
  fc.assert(
    fc.property(fc.array(claims, { maxLength: 5 }), (all) => {
      const tenants = all.map((own, i) =>
        tenant(`t${i}`, { claims: own.map(({ space, name }) => claim(space as ClaimSpace, name)) }),
      );
      const clashes = new Set<string>();
      for (const a of tenants)
        for (const b of tenants)
          for (const mine of a.claims)
            for (const theirs of b.claims)
              if (a !== b && mine.space === theirs.space && mine.name === theirs.name)
                clashes.add(`${mine.space} ${mine.name}`);
      const problems = claimProblems(tenants);
      expect(problems).toHaveLength(clashes.size);
      expect(new Set(claimProblems([...tenants].reverse()).map((p) => JSON.stringify(p)))).toEqual(
        new Set(problems.map((p) => JSON.stringify(p))),
      );
    }),
  );
});
