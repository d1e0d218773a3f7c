import { loaded, onlyProblem, PLATFORM, tenantFile } from './support';

describe('a file that does not compile', () => {
  test.each<[string, string, { path: string; found: string }]>([
    [
      'has a mistake in its syntax',
      'const a = 1;\nexport default { id: ;',
      { path: 'line 2', found: 'does not compile' },
    ],
    ['is no text', '\u0000\u0001', { path: 'line 1', found: 'does not compile' }],
    [
      'imports a file that is not there',
      "\nimport x from './nope';\nexport default x;",
      { path: 'line 2', found: 'cannot find "./nope"' },
    ],
    [
      'imports a package that is not there',
      "import x from 'left-pad';\nexport default x;",
      { path: 'line 1', found: 'cannot find "left-pad"' },
    ],
    [
      'imports a name that is not there',
      "import { x } from './platform';\nexport default x;",
      { path: 'line 1', found: 'exports no "x"' },
    ],
    [
      'waits for something',
      'const a = 1;\n\nawait 5;\nexport default a;',
      { path: 'line 3', found: 'top-level await' },
    ],
    [
      'has a regular expression that only V8 refuses',
      'const a = 1;\nexport default /(/;',
      { path: 'line 2', found: 'Unterminated group' },
    ],
  ])('is named alone when it %s', async (_, text, { path, found }) => {
    const problem = await onlyProblem({ 'tenants/bad.ts': text });
    expect(problem).toMatchObject({
      code: 'E_FILE_LOAD',
      file: 'tenants/bad.ts',
      path,
      found: expect.stringContaining(found),
    });
  });

  test('hides no other mistake, whoever finds it first', async () => {
    const { tenants, problems } = await loaded({
      'tenants/good.ts': tenantFile("id: 'good'"),
      'tenants/a.ts': 'export default {',
      'tenants/b.ts': "import './nope'; import 'nope';",
      'tenants/c.ts': 'export default /(/;',
      'tenants/d.ts': 'export default /[b-a]/;',
      'tenants/e.ts': "import { x } from './platform'; export default x;",
      'tenants/f.ts': "throw new Error('f');",
      'tenants/g.ts': 'export default 5;',
      'tenants/st*r.ts': tenantFile("id: 'star'"),
    });
    expect(tenants.map(({ file }) => file)).toEqual(['tenants/good.ts']);
    expect(problems.map(({ file, code }) => `${file} ${code}`)).toEqual([
      'tenants/a.ts E_FILE_LOAD',
      'tenants/b.ts E_FILE_LOAD',
      'tenants/b.ts E_FILE_LOAD',
      'tenants/c.ts E_FILE_LOAD',
      'tenants/d.ts E_FILE_LOAD',
      'tenants/e.ts E_FILE_LOAD',
      'tenants/f.ts E_FILE_LOAD',
      'tenants/g.ts E_FILE_NO_TENANT',
      'tenants/st*r.ts E_FILE_LOAD',
    ]);
  });

  test('is reported once where it is a helper, and whoever does not need it is loaded', async () => {
    const uses = "import { x } from '../lib/helper';";
    const problem = await onlyProblem({
      'lib/helper.ts': 'export const x = ;',
      'tenants/a.ts': tenantFile('id: x', uses),
      'tenants/b.ts': tenantFile('id: x', uses),
    });
    expect(problem).toMatchObject({ code: 'E_FILE_LOAD', file: 'lib/helper.ts', path: 'line 1' });
  });

  test('may have any characters in its name that a file may have', async () => {
    const names = ['a b', 'ü', 'x#y', 'p%41', "q'", '$(id)', '[x]'];
    const { problems } = await loaded({
      'tenants/good.ts': tenantFile("id: 'good'"),
      ...Object.fromEntries(names.map((name) => [`tenants/${name}.ts`, "const a = 1;\nthrow new Error('x');"])),
    });
    expect(problems.map(({ file, path }) => [file, path])).toEqual(
      names.sort().map((name) => [`tenants/${name}.ts`, 'line 2']),
    );
  });

  test('is one that writes a key twice, and one that writes two keys is not', async () => {
    const problem = await onlyProblem({ 'tenants/bad.ts': tenantFile("id: 'bad',\n  plan: 'a',\n  plan: 'b'") });
    expect(problem).toMatchObject({
      file: 'tenants/bad.ts',
      path: 'line 5',
      found: '"plan" is written twice in one object',
    });
    const { problems } = await loaded({ 'tenants/good.ts': tenantFile("id: 'good', plan: 'a', plan2: 'b'") });
    expect(problems).toEqual([]);
  });
});

describe('a file that throws', () => {
  test.each<[string, string, string, string]>([
    ['an error', "const a = 1;\nthrow new Error('no luck');", 'line 2', 'no luck'],
    ['an error of several lines', "throw new Error('one\\ntwo');", 'line 1', 'one'],
    ['an error without a message', 'throw new RangeError();', 'line 1', 'RangeError'],
    [
      'what V8 makes of a mistake',
      'const a: any = undefined;\nexport default a.b;',
      'line 2',
      "Cannot read properties of undefined (reading 'b')",
    ],
    ['in a function of its own', "function f(): never {\n  throw new Error('f');\n}\nf();", 'line 2', 'f'],
    ['a text', "throw 'text';", '', 'threw "text"'],
    ['nothing', 'throw undefined;', '', 'threw nothing'],
    [
      'what cannot be shown',
      'throw { get message() { throw new Error(); } };',
      '',
      'threw something that cannot be shown',
    ],
    ['terminal sequences', "throw new Error('\\u001b[2Jx');", 'line 1', '\\u001b[2Jx'],
    ['no end of it', 'function f(): void { f(); }\nf();', 'line 1', 'Maximum call stack size exceeded'],
  ])('%s is named with its line', async (_, text, path, found) => {
    const problem = await onlyProblem({ 'tenants/bad.ts': text });
    expect(problem).toMatchObject({ code: 'E_FILE_LOAD', file: 'tenants/bad.ts', path, found });
  });

  test('through a helper is named itself, with the place in the helper', async () => {
    const problem = await onlyProblem({
      'lib/helper.ts':
        "export function check(n: number): number {\n  if (n > 1) throw new Error('too big');\n  return n;\n}",
      'tenants/bad.ts': tenantFile('id: check(2)', "import { check } from '../lib/helper';"),
    });
    expect(problem).toMatchObject({
      file: 'tenants/bad.ts',
      path: 'line 3',
      found: 'too big (thrown in lib/helper.ts, line 2)',
    });
    expect(problem?.related).toBeUndefined();
  });

  test('far down in a helper is named itself', async () => {
    const problem = await onlyProblem({
      'lib/helper.ts':
        "export function down(n: number): number {\n  if (n === 0) throw new Error('deep');\n  return down(n - 1);\n}",
      'tenants/bad.ts': tenantFile('id: down(30)', "import { down } from '../lib/helper';"),
    });
    expect(problem).toMatchObject({ file: 'tenants/bad.ts', path: 'line 3' });
  });

  test('because a helper cannot be loaded is named with all others that import it', async () => {
    const uses = "import { x } from '../lib/helper';";
    const problem = await onlyProblem({
      'lib/helper.ts': "export const x = 1;\nthrow new Error('helper');",
      'tenants/a.ts': tenantFile('id: x', uses),
      'tenants/b.ts': tenantFile('id: x', uses),
    });
    expect(problem).toMatchObject({ file: 'lib/helper.ts', path: 'line 2', related: ['tenants/a.ts', 'tenants/b.ts'] });
  });

  test('because a package cannot be loaded is named itself', async () => {
    const problem = await onlyProblem({
      'node_modules/bad/package.json': '{ "name": "bad" }',
      'node_modules/bad/index.js': "throw new Error('not on this machine');",
      'tenants/bad.ts': "const a = 1;\nimport 'bad';\nexport default a;",
    });
    expect(problem).toMatchObject({ file: 'tenants/bad.ts', found: expect.stringContaining('not on this machine') });
  });

  test('only when it is looked at is named as well', async () => {
    const problem = await onlyProblem({
      'tenants/bad.ts': tenantFile("id: 'bad', get plan() { throw new Error('later'); }"),
    });
    expect(problem).toMatchObject({
      code: 'E_FILE_LOAD',
      file: 'tenants/bad.ts',
      found: expect.stringContaining('later'),
    });
  });
});

test('a platform that warns about nothing is loaded although a package has warnings', async () => {
  const { problems } = await loaded({
    'node_modules/warns/index.js': 'module.exports = { a: 1, a: 2 };',
    'tenants/platform.ts': `import 'warns';\n${PLATFORM}`,
    'tenants/a.ts': tenantFile("id: 'a'"),
  });
  expect(problems).toEqual([]);
});
