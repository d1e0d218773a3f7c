import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { newFolder, REPOSITORY } from './cli/support';

/** What is published, as `npm run build` makes it. An installation of the tarball itself is tried by `npm run e2e`. */

interface Manifest {
  readonly name: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly files: readonly string[];
  readonly dependencies: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as Manifest;
const entries = Object.entries(manifest.exports).flatMap(([name, entry]) =>
  typeof entry === 'string' ? [] : [{ name, ...entry }],
);

let root: string;

beforeAll(() => {
  root = newFolder();
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
  symlinkSync(join(REPOSITORY, 'node_modules'), join(root, 'node_modules'));
  const options = ['-p', join(REPOSITORY, 'tsconfig.build.json'), '--outDir', join(root, 'build')];
  execFileSync(process.execPath, [tsc, ...options], { stdio: 'inherit' });
}, 120_000);

const IMPORT = /(?:\bfrom |\bimport |\bimport\(|\brequire\()["']([@\w./-]+)["']/g;

function importsOf(text: string): string[] {
  return Array.from(text.matchAll(IMPORT), ([, name = '']) => name);
}

/** A file that an import of a declaration leads to. */
function declarationOf(from: string, name: string): string {
  const at = resolve(dirname(from), name);
  return existsSync(`${at}.d.ts`) ? `${at}.d.ts` : join(at, 'index.d.ts');
}

/** Packages that the declarations of an entry need, wherever below it. */
function packagesNeeded(entry: string, seen = new Set<string>()): Set<string> {
  const found = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const name of importsOf(readFileSync(file, 'utf8'))) {
      if (name.startsWith('.')) visit(declarationOf(file, name));
      else found.add(packageOf(name));
    }
  };
  visit(entry);
  return found;
}

function packageOf(name: string): string {
  return isBuiltin(name)
    ? '@types/node'
    : name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/');
}

test('every entry and the command are built where package.json says, and are published', () => {
  expect(entries.map(({ name }) => name)).toEqual(['.', './products', './kube', './terraform']);
  const paths = [...entries.flatMap((entry) => [entry.types, entry.default]), ...Object.values(manifest.bin)];
  for (const path of paths) {
    expect([path, existsSync(join(root, path))]).toEqual([path, true]);
    expect(manifest.files).toContain(path.replace(/^\.\//, '').split('/')[0]);
  }
  expect(readFileSync(join(root, manifest.bin.tenantry ?? ''), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
});

test.each(entries)('the types of $name need nothing but dependencies', ({ types }) => {
  const needed = packagesNeeded(join(root, types));
  expect([...needed].filter((name) => !Object.hasOwn(manifest.dependencies, name))).toEqual([]);
});

test('the code needs nothing but dependencies, and the thread of the pool lies where it is looked for', () => {
  const files = readdirSync(join(root, 'build'), { recursive: true, encoding: 'utf8' }).filter((it) =>
    it.endsWith('.js'),
  );
  expect(files).toContain(join('lib', 'synth', 'worker.js'));
  for (const file of files) {
    const names = importsOf(readFileSync(join(root, 'build', file), 'utf8')).filter((name) => !name.startsWith('.'));
    const strange = names.filter((name) => !isBuiltin(name) && !Object.hasOwn(manifest.dependencies, packageOf(name)));
    expect([file, strange]).toEqual([file, []]);
  }
});

test('each entry exports what the repository exports', () => {
  const sources = {
    '.': '../lib',
    './products': '../lib/products',
    './kube': '../lib/kube',
    './terraform': '../lib/terraform',
  } as const;
  for (const { name, default: path } of entries) {
    const source = sources[name as keyof typeof sources];
    const names = (from: string) => Object.keys(require(from) as object).sort();
    expect([name, names(join(root, path))]).toEqual([name, names(join(__dirname, source))]);
  }
});

test('a program of its own gets all that it needs to resolve a tenant', () => {
  const library = require('../lib') as object;
  expect(Object.keys(library)).toEqual(
    expect.arrayContaining(['definePlatform', 'defineProduct', 'resolve', 'TenantryError', 'formatProblem']),
  );
});
