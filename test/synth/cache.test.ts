import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { baseKey, Cache, Keys, tenantKey } from '../../lib/synth/cache';
import { command, newFolder, parsed, type Result, succeed, synthesized, tenantFile, write } from '../cli/support';

/** A folder with two files of output, and a cache that remembers them as those of `acme`. */
function remembered(key = 'k'): string {
  const root = newFolder();
  write(root, { 'dist/a': 'one', 'dist/b': 'two', '.tenantry/.gitignore': '*\n' });
  const cache = new Cache(root);
  cache.remember('acme', key, ['a', 'b']);
  cache.save();
  return root;
}

const file = (root: string) => join(root, '.tenantry/cache.json');

describe('a tenant is unchanged', () => {
  test('while its key and its files are what they were', () => {
    const root = remembered();
    expect(new Cache(root).unchanged('acme', 'k')).toEqual(['a', 'b']);
    expect(new Cache(root).unchanged('acme', 'other')).toBeNull();
    expect(new Cache(root).unchanged('other', 'k')).toBeNull();
    expect(new Cache(root).unchanged('constructor', 'k')).toBeNull();
  });

  test.each<[string, (root: string) => void]>([
    ['is gone', (root) => rmSync(join(root, 'dist/b'))],
    ['has another size', (root) => writeFileSync(join(root, 'dist/b'), 'three')],
    [
      'was replaced by another one of its size and time',
      (root) => {
        const { atime, mtime } = statSync(join(root, 'dist/b'));
        writeFileSync(join(root, 'new'), 'TWO');
        utimesSync(join(root, 'new'), atime, mtime);
        renameSync(join(root, 'new'), join(root, 'dist/b'));
      },
    ],
    ['was touched', (root) => utimesSync(join(root, 'dist/b'), 5, 5)],
  ])('not if a file %s', (_, change) => {
    const root = remembered();
    change(root);
    expect(new Cache(root).unchanged('acme', 'k')).toBeNull();
  });

  test('never by an input that has no key', () => {
    const key = tenantKey('base', 'tenants/acme.ts', { id: 'acme', f: () => 5 });
    expect(new Cache(remembered(key)).unchanged('acme', key)).toBeNull();
  });
});

test('a key is made once, and anew where the sources are others', () => {
  const keys = new Keys();
  const key = (sources: string) => keys.of(sources, 'tenants/acme.ts', { id: 'acme' });
  const first = key('s1');
  expect(keys.of('s1', 'tenants/acme.ts', 'whatever else')).toBe(first);
  expect(key('s2')).not.toBe(first);
  expect(key('s1')).toBe(first);
});

test('tenants that were left alone are kept where that is asked, and all others are forgotten', () => {
  const root = remembered();
  for (const [keeps, found] of [
    [
      ['acme', 'none', 'constructor'],
      ['a', 'b'],
    ],
    [[], null],
  ] as const) {
    const next = new Cache(root);
    next.keep(keeps);
    next.save();
    expect(new Cache(root).unchanged('acme', 'k')).toEqual(found);
  }
});

test.each([
  '',
  '{',
  'null',
  '5',
  '{"version":2,"entries":{}}',
  '{"version":1,"entries":null}',
  '{"version":1,"entries":{"acme":null}}',
  '{"version":1,"entries":{"acme":{"key":"k"}}}',
  '{"version":1,"entries":{"acme":{"key":"k","files":[null]}}}',
  '{"version":1,"entries":{"acme":{"key":"k","files":[{"path":5}]}}}',
  '{"version":1,"entries":{"acme":{"key":"k","files":[],"facts":null}}}',
  '{"version":1,"entries":{"acme":{"key":"k","files":[],"facts":{"claims":5}}}}',
])('one that is damaged is none: %s', (text) => {
  const root = remembered();
  writeFileSync(file(root), text);
  expect(new Cache(root).unchanged('acme', 'k')).toBeNull();
  expect(new Cache(root).recall('acme', 'k')).toBeNull();
});

test('one that cannot be written is no mistake', () => {
  const root = remembered();
  rmSync(file(root));
  mkdirSync(join(file(root), 'in-the-way'), { recursive: true });
  const cache = new Cache(root);
  cache.remember('acme', 'k', ['a']);
  expect(() => cache.save()).not.toThrow();
});

describe('the key of a tenant', () => {
  const written = () => ({ id: 'acme', settings: { a: 1, b: [undefined] } });
  const input = written();
  const key = (value: unknown, path = 'tenants/acme.ts', base = 'base') => tenantKey(base, path, value);

  test('is the same for the same', () => {
    expect(key(written())).toBe(key(input));
    expect(key(input)).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each<[string, unknown]>([
    ['a field', { ...input, id: 'acme2' }],
    ['nothing in place of undefined', { ...input, settings: { a: 1, b: [null] } }],
    ['a text in place of a number', { ...input, settings: { a: '1', b: [undefined] } }],
    ['a date in place of its text', { ...input, settings: new Date(0) }],
    ['a set in place of a map', { ...input, settings: new Set() }],
  ])('differs by %s', (_, other) => {
    expect(key(other)).not.toBe(key(input));
    expect(key({ ...input, settings: new Date(0) })).not.toBe(key({ ...input, settings: '1970-01-01T00:00:00.000Z' }));
    expect(key({ ...input, settings: new Set() })).not.toBe(key({ ...input, settings: new Map() }));
  });

  test('differs by its file, and by what all tenants follow from', () => {
    expect(key(input, 'tenants/eu/acme.ts')).not.toBe(key(input));
    expect(key(input, undefined, baseKey('x'))).not.toBe(key(input, undefined, baseKey('y')));
    expect(baseKey('x')).toBe(baseKey('x'));
  });
});

test.each(['cdk8s', 'cdk8s-plus-27', 'zod'])('all keys differ by the version of %s', (name) => {
  const own = baseKey('x');
  jest.isolateModules(() => {
    jest.doMock(`${name}/package.json`, () => ({ version: '0.0.0' }));
    const other = require('../../lib/synth/cache') as { baseKey: typeof baseKey };
    expect(other.baseKey('x')).not.toBe(own);
    jest.dontMock(`${name}/package.json`);
  });
  expect(baseKey('x')).toBe(own);
});

describe('in a whole synthesis', () => {
  const written = async (root: string) => parsed<Result>(await command(root, 'synth', '--json')).written;

  test('a change of the platform, or of what it imports, reaches every tenant', async () => {
    const root = await synthesized();
    const platform = readFileSync(join(root, 'tenants/platform.ts'), 'utf8');
    write(root, {
      'lib/image.json': '"registry.example.com/platform/backup:1.2.1"',
      'tenants/platform.ts': `import image from '../lib/image.json';\n${platform.replace(/backup: \{ image: .*? \}/, 'backup: { image }')}`,
    });
    const ids = (paths: readonly string[]) => paths.filter((path) => path.startsWith('index/'));
    expect(ids(await written(root))).toEqual(['index/alpha.json', 'index/beta.json', 'index/gamma.json']);
    write(root, { 'lib/image.json': '"registry.example.com/platform/backup:1.2.2"' });
    expect(ids(await written(root))).toEqual(['index/alpha.json', 'index/beta.json', 'index/gamma.json']);
    expect(await written(root)).toEqual([]);
  });

  test('a change of what a tenant imports reaches it', async () => {
    const shared = `import name from '../lib/name.json';\n`;
    const root = await synthesized({
      'lib/name.json': '"one"',
      'tenants/delta.ts': shared + tenantFile('delta', { displayName: 'name' }),
    });
    write(root, { 'lib/name.json': '"two"' });
    expect((await written(root)).every((path) => path.includes('delta'))).toBe(true);
    expect(readFileSync(join(root, 'dist/kubernetes/eu-1/delta/manifest.yaml'), 'utf8')).toContain('display-name: two');
  });

  test('what is recalled of a tenant that did not change takes part in every rule', async () => {
    const root = await synthesized();
    const clash = { 'tenants/delta.ts': tenantFile('delta', { domains: `['debates.alpha.example']` }) };
    write(root, clash);
    const { code, err } = await command(root, 'synth');
    expect([code, err]).toEqual([1, expect.stringMatching(/"debates\.alpha\.example".*\[E_HOST\]/)]);
    expect((await command(root, 'check')).err.split('\n')[0]).toBe(err.split('\n')[0]);
    write(root, { 'tenants/delta.ts': tenantFile('delta'), 'tenants/alpha.ts': null });
    expect((await command(root, 'synth')).err).toContain('[E_LOSS_TENANT]');
  });

  test('a tenant that is rendered from the cache is checked, compared and kept like all others', async () => {
    const root = await synthesized();
    expect(await written(root)).toEqual([]);
    write(root, { 'dist/argocd/eu-1/alpha.yaml': 'mine\n' });
    expect(await written(root)).toEqual(['argocd/eu-1/alpha.yaml']);
    await succeed(root, 'synth', '--check');
  });
});
