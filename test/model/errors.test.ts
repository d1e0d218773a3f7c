import fc from 'fast-check';
import {
  closest,
  escapeInvisible,
  formatProblem,
  oneOf,
  type Problem,
  show,
  sortProblems,
  suggest,
  TenantryError,
} from '../../lib/model/errors';

const problem: Problem = { code: 'E_HOST', file: 'tenants/a.ts', path: 'domains[0]', found: 'taken', fix: 'remove it' };

test('a problem is one line: file, path, what was found, what to write, code', () => {
  expect(formatProblem(problem)).toBe('tenants/a.ts: domains[0]: taken - remove it [E_HOST]');
  expect(formatProblem({ ...problem, path: '' })).toBe('tenants/a.ts: taken - remove it [E_HOST]');
  expect(formatProblem({ ...problem, file: '', path: '' })).toBe('taken - remove it [E_HOST]');
});

test('problems are in one order, whatever order they were found in', () => {
  const all = ['b', 'a', 'A'].flatMap((file) => ['y', 'x'].map((path) => ({ ...problem, file, path })));
  const sorted = sortProblems(all);
  expect(sorted.map(({ file, path }) => file + path)).toEqual(['Ax', 'Ay', 'ax', 'ay', 'bx', 'by']);
  expect(sortProblems([...all].reverse())).toEqual(sorted);
});

test('an error of the library carries every problem', () => {
  const error = new TenantryError([problem, { ...problem, path: 'x' }]);
  expect(error.message.split('\n')).toHaveLength(2);
  expect(error.problems).toHaveLength(2);
});

describe('a found value', () => {
  test.each<[unknown, string]>([
    [undefined, 'nothing'],
    [null, 'null'],
    ['a"b', '"a\\"b"'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [5n, '5'],
    [Symbol('s'), 'Symbol(s)'],
    [() => 1, 'a function'],
    [{ a: [1] }, '{"a":[1]}'],
    [{ a: 5n }, 'a value that refers to itself or cannot be read'],
    [{ toJSON: () => undefined }, 'a value that JSON cannot hold'],
  ])('is shown: %p', (value, text) => {
    expect(show(value)).toBe(text);
  });

  test('that refers to itself or is very deep is shown too', () => {
    const cyclic: unknown[] = [];
    cyclic.push(cyclic);
    let deep: unknown = 1;
    for (let i = 0; i < 100_000; i++) deep = [deep];
    expect(show(cyclic)).toContain('refers to itself');
    expect(show(deep)).toContain('cannot be read');
  });

  test('fits in a line without anything invisible in it, whatever it is', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true }), fc.string({ unit: 'binary' }), (value, text) => {
        for (const shown of [show(value), show(text), show({ [text]: text })]) {
          expect(shown.length).toBeLessThanOrEqual(80);
          expect(escapeInvisible(shown)).toBe(shown);
        }
      }),
    );
  });

  test('is cut between characters', () => {
    for (let n = 70; n < 80; n++) expect(show(`${'x'.repeat(n)}😀😀😀`)).not.toMatch(/\p{Surrogate}/u);
  });
});

describe('names that were not found', () => {
  test('suggest a near one', () => {
    expect(suggest('standrad', ['free', 'standard'])).toBe('did you mean "standard"?');
    expect(suggest('FREE', ['free', 'standard'])).toBe('did you mean "free"?');
  });

  test('list what there is where none is near', () => {
    expect(suggest('gold', ['free', 'standard'])).toBe('write "free" or "standard"');
    expect(suggest(5, ['free'])).toBe('write "free"');
    // Three of six letters: as many as are left.
    expect(closest('abcdef', ['abcxyz'])).toBeUndefined();
    // Two letters of two: nothing is left of it.
    expect(closest('us', ['eu'])).toBeUndefined();
    expect(oneOf(['a', 'b', 'c'])).toBe('"a", "b" or "c"');
  });

  test('may be of any length', () => {
    const start = Date.now();
    expect(closest('x'.repeat(5_000_000), ['free', 'standard'])).toBeUndefined();
    expect(Date.now() - start).toBeLessThan(1000);
  });
});
