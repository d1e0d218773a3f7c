import { z } from 'zod';
import { generatedSecret, type Product, postgresql, redis } from '../../lib';
import { productHaving, productProblems, shop } from './fixture';

describe('a backing service', () => {
  const backing = (...more: unknown[]) => ({ ...shop, backing: [...shop.backing, ...more] }) as Product;
  test.each<[string, unknown, string, unknown]>([
    [
      'has a name',
      redis({ name: 'My cache' }),
      'backing["My cache"]: expected lower-case letters',
      redis({ name: 'my-cache' }),
    ],
    [
      'has a name of its own',
      redis({ name: 'sessions' }),
      'backing.sessions: two backing services of one name',
      redis({ name: 's' }),
    ],
    [
      'has no service’s name',
      redis({ name: 'web' }),
      'backing.web: a backing service with the name of a service',
      redis({ name: 'w' }),
    ],
    [
      'has no job’s name',
      redis({ name: 'migrate' }),
      'backing.migrate: a backing service with the name of',
      redis({ name: 'm' }),
    ],
    [
      'has a free name',
      generatedSecret({ name: 'backup' }),
      'backing.backup: a name that every tenant',
      generatedSecret({ name: 'b' }),
    ],
    [
      'has a feature',
      redis({ name: 'a', feature: 'x' }),
      'backing.a.feature: unknown feature "x"',
      redis({ name: 'a', feature: 'search' }),
    ],
    [
      'has its options',
      generatedSecret({ name: 'a', length: 4 }),
      'backing.a.length: expected at least 16, got 4',
      generatedSecret({ name: 'a' }),
    ],
    [
      'knows its options',
      { ...postgresql({ name: 'a' }), options: { conections: 5 } },
      'backing.a.conections: unknown key "conections" - did you mean "connections"?',
      postgresql({ name: 'a', connections: 5 }),
    ],
  ])('%s', (_, wrong, problem, right) => {
    expect(productProblems(backing(wrong))).toContainEqual(expect.stringContaining(problem));
    expect(productProblems(backing(right))).toEqual([]);
  });

  test('must be right as each plan changes it, and the plan is told', () => {
    const changed = (connections: unknown) => productHaving({ 'plans.large.backing': { database: { connections } } });
    expect(productProblems(changed('5'))).toEqual([
      'plans.large.backing.database.connections: expected a number, got "5" - write 5 [E_PRODUCT_FIELD]',
    ]);
    expect(productProblems(changed(5))).toEqual([]);
  });

  test('which a plan completes need not be whole in the product', () => {
    const strict = { ...redis({ name: 'a' }), schema: z.strictObject({ size: z.int() }) };
    const lines = productProblems(backing(strict));
    expect(lines).toEqual(['backing.a.size: expected a number, got nothing - add "size" [E_PRODUCT_FIELD]']);
    const changes = ['small', 'large', 'written', 'dedicated'].map((plan) => [`plans.${plan}.backing.a`, { size: 1 }]);
    expect(productProblems(productHaving(Object.fromEntries(changes), backing(strict)))).toEqual([]);
  });
});
