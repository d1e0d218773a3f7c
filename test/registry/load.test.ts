import { mkdirSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { formatProblem } from '../../lib/model/errors';
import { loadRegistry } from '../../lib/registry/load';
import { folder, loaded, MODULES, onlyProblem, PLATFORM, tenantFile, write } from './support';

describe('a registry', () => {
  test('is loaded with its platform and every tenant, in the order of the files', async () => {
    const { platform, tenants, problems } = await loaded({
      'tenants/b.ts': tenantFile("id: 'b', domains: ['b.example']"),
      'tenants/eu/a.ts': tenantFile("id: 'a'").replace('./platform', '../platform'),
      'tenants/a.ts': tenantFile("id: 'x'"),
    });
    expect(problems).toEqual([]);
    expect(platform).toMatchObject({ kind: 'tenantry.platform', input: { name: 'test' } });
    expect(tenants).toEqual([
      { file: 'tenants/a.ts', input: { id: 'x' } },
      { file: 'tenants/b.ts', input: { id: 'b', domains: ['b.example'] } },
      { file: 'tenants/eu/a.ts', input: { id: 'a' } },
    ]);
  });

  test('may import helpers, data and packages, and this library from anywhere', async () => {
    const { tenants, problems } = await loaded({
      'tenants/a.ts': tenantFile(
        'id: label(join("x", "y")), size: sizes.small, note, greeting: greet(), ok: z.string().safeParse("s").success, kind: nekotab.kind',
        [
          "import { z } from 'zod';",
          "import { nekotab } from 'tenantry/products';",
          "import { join } from 'node:path/posix';",
          "import { label } from '../lib/label';",
          "import sizes from '../data/sizes.json';",
          "import note from '../data/note.txt';",
          "import { greet } from 'greeter';",
        ].join('\n'),
      ),
      'lib/label.ts': "export const label = (id: string): string => 'label-'.concat(id.replace('/', '-'));",
      'data/sizes.json': '{ "small": 5 }',
      'data/note.txt': 'a note',
      'node_modules/greeter/package.json': '{ "name": "greeter", "type": "module", "exports": "./index.js" }',
      'node_modules/greeter/index.js':
        "export const greet = () => process.env.NODE_ENV === 'production' ? 'hello' : 'dev';",
    });
    expect(problems).toEqual([]);
    expect(tenants[0]?.input).toEqual({
      id: 'label-x-y',
      size: 5,
      note: 'a note',
      greeting: 'hello',
      ok: true,
      kind: 'tenantry.product',
    });
  });

  test('may have its platform as the default export', async () => {
    const { platform, problems } = await loaded({
      'tenants/platform.ts': `${PLATFORM}export default platform;`
        .replace('{ platform,', '{ platform: own,')
        .replace('default platform', 'default own'),
      'tenants/a.ts': tenantFile("id: 'a'"),
    });
    expect(problems).toEqual([]);
    expect(platform).toMatchObject({ kind: 'tenantry.platform' });
  });

  test('is found through a link to its root and from a relative path', async () => {
    const root = folder();
    write(root, {
      'real/tenants/platform.ts': PLATFORM,
      'real/tenants/a.ts': tenantFile("id: 'a'"),
      'real/tenants/b.ts': 'x x',
    });
    symlinkSync('real', join(root, 'link'));
    const through = await loadRegistry(join(root, 'link'), MODULES);
    expect(through.tenants).toEqual([{ file: 'tenants/a.ts', input: { id: 'a' } }]);
    expect(through.problems.map(({ file }) => file)).toEqual(['tenants/b.ts']);
    expect(await loadRegistry(relative(process.cwd(), join(root, 'real')), MODULES)).toEqual(through);
  });

  test('is loaded in parts without a difference', async () => {
    const ids = Array.from({ length: 2503 }, (_, i) => `t${String(i).padStart(4, '0')}`);
    const files = ids.map((id) => [`tenants/${id}.ts`, tenantFile(`id: '${id}'`)] as const);
    const { tenants, problems } = await loaded({
      ...Object.fromEntries(files),
      'tenants/zz.ts': 'export const a = 1;',
    });
    expect(tenants.map(({ input }) => input)).toEqual(ids.map((id) => ({ id })));
    expect(problems).toMatchObject([{ code: 'E_FILE_NO_TENANT', file: 'tenants/zz.ts' }]);
  });

  test('gives the code that every tenant depends on, whatever the tenants say', async () => {
    const files = { 'tenants/a.ts': tenantFile("id: 'a'"), 'lib/zone.ts': "export const zone = 'one';" };
    const platform = `import { zone } from '../lib/zone';\n${PLATFORM.replace("'test'", 'zone')}`;
    const first = await loaded({ ...files, 'tenants/platform.ts': platform });
    const other = await loaded({
      'tenants/b.ts': tenantFile("id: 'b'"),
      'lib/zone.ts': files['lib/zone.ts'],
      'tenants/platform.ts': platform,
    });
    const changed = await loaded({
      ...files,
      'tenants/platform.ts': platform,
      'lib/zone.ts': "export const zone = 'two';",
    });
    expect(first.sources).toContain("'one'".replaceAll("'", '"'));
    expect(other.sources).toBe(first.sources);
    expect(changed.sources).not.toBe(first.sources);
  });
});

describe('a missing part', () => {
  test('is told once where there is no platform, with what is wrong besides', async () => {
    const { platform, problems } = await loaded({
      'tenants/platform.ts': null,
      'tenants/a.ts': tenantFile("id: 'a'"),
      'tenants/eu/b.ts': tenantFile("id: 'b'").replace('./platform', '../platform'),
      'tenants/c.ts': 'export default {',
    });
    expect(platform).toBeUndefined();
    expect(problems.map(({ code, file }) => [code, file])).toEqual([
      ['E_FILE_LOAD', 'tenants/c.ts'],
      ['E_REGISTRY_PLATFORM', 'tenants/platform.ts'],
    ]);
  });

  test('is told where there is no tenant', async () => {
    const { platform, problems } = await loaded({});
    expect(platform).toBeDefined();
    expect(problems.map(({ code }) => code)).toEqual(['E_REGISTRY_EMPTY']);
  });

  test('is told where there is nothing at all', async () => {
    const root = folder();
    for (const place of [root, join(root, 'nowhere')]) {
      const { problems } = await loadRegistry(place, MODULES);
      expect(problems.map(({ code }) => code)).toEqual(['E_REGISTRY_EMPTY', 'E_REGISTRY_PLATFORM']);
    }
    mkdirSync(join(root, 'tenants/platform.ts'), { recursive: true });
    expect((await loadRegistry(root, MODULES)).problems.map(({ code }) => code)).toContain('E_REGISTRY_PLATFORM');
  });

  test.each<[string, string, string]>([
    ['exports nothing', '', 'found no export'],
    ['exports something else', 'export const platform = { name: "x" };', 'found exports "platform"'],
    ['exports all in one', PLATFORM.replace('const { platform, defineTenant }', 'const all'), 'found exports "all"'],
  ])('is told where the platform %s', async (_, text, found) => {
    const { problems } = await loaded({ 'tenants/platform.ts': text, 'tenants/a.ts': tenantFile("id: 'a'") });
    const own = problems.filter(({ file }) => file === 'tenants/platform.ts');
    expect(own).toMatchObject([{ code: 'E_REGISTRY_PLATFORM', found: expect.stringContaining(found) }]);
  });

  test.each<[string, string]>([
    ['does not compile', 'export const ='],
    ['throws an error', `${PLATFORM}\nthrow new Error('no platform today');`],
    ['throws a text', `${PLATFORM}\nthrow 'no platform today';`],
  ])('is told once where the platform %s', async (_, text) => {
    const { tenants, problems } = await loaded({
      'tenants/platform.ts': text,
      'tenants/a.ts': tenantFile("id: 'a'"),
      'tenants/b.ts': tenantFile("id: 'b'"),
      'tenants/c.ts': 'export default {',
    });
    expect(tenants).toEqual([]);
    expect(problems.map(({ code, file }) => [code, file])).toEqual([
      ['E_FILE_LOAD', 'tenants/c.ts'],
      ['E_FILE_LOAD', 'tenants/platform.ts'],
    ]);
    expect(problems[1]?.related).toBeUndefined();
  });
});

describe('a file that is no tenant', () => {
  test.each<[string, string, string]>([
    ['exports nothing', '', 'found no export'],
    ['has a named export only', "export const acme = { id: 'acme' };", 'only the named export "acme"'],
    ['exports undefined', 'export default undefined;', 'found undefined'],
    ['exports a plain object', "export default { id: 'acme' };", 'found a plain object'],
    ['exports a list', 'export default [];', 'found a list'],
    ['exports a function', 'export default () => 1;', 'found a function'],
    ['exports a promise', 'export default (async () => 1)();', 'found a promise'],
    ['exports null', 'export default null;', 'found null'],
    ['exports the platform', "import { platform } from './platform'; export default platform;", 'found a platform'],
  ])('is named when it %s', async (_, text, found) => {
    const problem = await onlyProblem({ 'tenants/bad.ts': text });
    expect(problem).toMatchObject({
      code: 'E_FILE_NO_TENANT',
      file: 'tenants/bad.ts',
      found: expect.stringContaining(found),
    });
  });

  test('is told how to become one', async () => {
    const problem = await onlyProblem({ 'tenants/bad.ts': "export default { id: 'acme' };" });
    expect(problem && formatProblem(problem)).toBe(
      'tenants/bad.ts: expected a default export made by defineTenant, found a plain object - ' +
        'wrap it: export default defineTenant({ ... }) [E_FILE_NO_TENANT]',
    );
  });
});
