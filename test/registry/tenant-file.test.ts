import { loaded, onlyProblem, tenantFile } from './support';

describe('what a tenant file passes on', () => {
  test('is plain data of its own, which no other file can change', async () => {
    const { tenants } = await loaded({
      'lib/shared.ts': 'export const shared = { list: [1] };',
      'tenants/a.ts': tenantFile("id: 'a', shared", "import { shared } from '../lib/shared';\nshared.list.push(2);"),
      'tenants/b.ts': tenantFile("id: 'b', shared", "import { shared } from '../lib/shared';"),
      'tenants/c.ts': tenantFile("id: 'c', d: new Date('2026-01-01'), u: undefined, ['__proto__']: 1"),
    });
    const [a, b, c] = tenants.map(({ input }) => input as { shared?: object; d?: unknown });
    expect(a?.shared).toEqual(b?.shared);
    expect(a?.shared).not.toBe(b?.shared);
    expect(String(c?.d)).toContain('2026');
    expect(Object.keys(c ?? {})).toEqual(['id', 'd', 'u', '__proto__']);
  });

  test('may not refer to itself, but may hold one thing twice', async () => {
    const problem = await onlyProblem({
      'tenants/bad.ts': tenantFile("id: 'bad', loop", 'const loop: any = {}; loop.loop = loop;'),
      'tenants/twice.ts': tenantFile("id: 'twice', a, b: a", 'const a = { x: 1 };'),
    });
    expect(problem).toMatchObject({ file: 'tenants/bad.ts', found: expect.stringContaining('refers to itself') });
  });
});
