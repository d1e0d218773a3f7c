import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY, tree } from '../cli/support';
import { objects } from '../synth/objects';

const folder = join(REPOSITORY, 'docs/ledger');
const ledgers = readdirSync(folder).filter((name) => name !== 'README.md');

interface Row {
  readonly line: string;
  readonly metBy: string;
}

/** Rows of the tables of a ledger, without their heads. */
function rowsOf(text: string): Row[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|[\s:|-]+\|$/.test(line))
    .map((line) => line.replaceAll('\\|', '\u0000').split('|').slice(1, -1))
    .map(([line = '', metBy = '']) => ({ line: line.trim(), metBy: metBy.trim() }))
    .filter(({ metBy }) => metBy !== 'met by');
}

interface Named {
  /** Null for the test of the product. */
  readonly file: string | null;
  readonly title: string;
}

/** Tests that a cell names, as `test "..."`, `tests "...", "..."` or with a file of their own. */
function testsIn(cell: string): Named[] {
  const found = cell.matchAll(/(?:\b(test\/[\w/.-]+\.ts)|\btests?) ("[^"]+"(?:, "[^"]+")*)/g);
  return Array.from(found).flatMap(([, file = null, list = '']) =>
    Array.from(list.matchAll(/"([^"]+)"/g), ([, title = '']) => ({ file, title: title.replace(/\s*\.\.\.$/, '') })),
  );
}

/** Titles of tests and groups of tests in a file, as they are written. */
function titlesIn(source: string): string[] {
  const titles = source.matchAll(/(?:\b(?:test|describe)|\])\)?(?: as const\))?\(\s*(['"`])((?:\\.|(?!\1).)+)\1,/g);
  return Array.from(titles, ([, , title = '']) => title.replace(/\\(.)/g, '$1'));
}

/** Kubernetes objects that a cell names: a kind alone, or with a name in which `<...>` stands for what differs. */
function objectsIn(cell: string): { readonly kind: string; readonly name: string | null }[] {
  const quoted = Array.from(cell.matchAll(/`([^`]+)`/g), ([, code = '']) => code);
  return quoted.flatMap((code) => {
    const [, kind, name = null] = /^([A-Z][A-Za-z]*[a-z][A-Za-z]*)(?: ([a-z0-9.<>-]+))?$/.exec(code) ?? [];
    return kind === undefined ? [] : [{ kind, name }];
  });
}

/** Words that look like kinds and stand outside of backticks, where nothing checks them. */
function looseKindsIn(cell: string): string[] {
  const bare = cell.replace(/`[^`]*`|"[^"]*"/g, '');
  return Array.from(bare.matchAll(/\b(?:[A-Z][a-z]+){2,}\b/g), ([word]) => word).filter(
    (word) => !NO_KINDS.includes(word),
  );
}

/** Names of products, and of alerts by the alerts' own notation. */
const NO_KINDS = ['WordPress', 'TenantScaledUp', 'TenantHostDown'];

/** What the committed output has, as `Kind name`. */
function written(): ReadonlySet<string> {
  const files = [...tree(join(REPOSITORY, 'dist'))].filter(([path]) => path.endsWith('.yaml'));
  return new Set(files.flatMap(([, text]) => objects(text).map(({ kind, metadata }) => `${kind} ${metadata.name}`)));
}

function isWritten({ kind, name }: { readonly kind: string; readonly name: string | null }, of: ReadonlySet<string>) {
  const text = (name ?? '<any>').split(/<[^>]*>/).map((part) => part.replace(/[.]/g, '\\$&'));
  const pattern = new RegExp(`^${kind} ${text.join('\\S+')}$`);
  return [...of].some((each) => pattern.test(each));
}

test('there is a ledger for each product', () => {
  const products = readdirSync(join(REPOSITORY, 'lib/products')).filter((name) => name !== 'index.ts');
  expect(ledgers.sort()).toEqual(products.map((name) => name.replace('.ts', '.md')).sort());
});

const all = written();

describe.each(ledgers)('%s', (name) => {
  const text = readFileSync(join(folder, name), 'utf8');
  const rows = rowsOf(text);

  test('says of each line what meets it, or who else does', () => {
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.filter(({ metBy }) => metBy.length < 5)).toEqual([]);
  });

  test('says of what is not met whose it is', () => {
    const prose = (cell: string) => cell.replace(/`[^`]*`|"[^"]*"/g, '');
    expect(rows.filter(({ metBy }) => /\b(later|application|unmet)\b(?!:)/.test(prose(metBy)))).toEqual([]);
  });

  test('names files that there are', () => {
    const paths = Array.from(text.matchAll(/\b(?:lib|test|docs|tenants)\/[\w./-]+\.(?:ts|md)\b/g), ([path]) => path);
    expect(paths.length).toBeGreaterThan(0);
    expect(paths.filter((path) => !existsSync(join(REPOSITORY, path)))).toEqual([]);
  });

  test('names tests that there are', () => {
    const own = `test/products/${name.replace('.md', '.test.ts')}`;
    const named = rows.flatMap(({ metBy }) => testsIn(metBy)).map(({ file, title }) => ({ file: file ?? own, title }));
    expect(named.length).toBeGreaterThan(8);
    const isThere = ({ file, title }: Named) => {
      const path = join(REPOSITORY, file ?? '');
      return existsSync(path) && titlesIn(readFileSync(path, 'utf8')).some((each) => each.startsWith(title));
    };
    expect(named.filter((each) => !isThere(each))).toEqual([]);
  });

  test('names objects that the committed output has', () => {
    const named = rows.flatMap(({ metBy }) => objectsIn(metBy));
    expect(named.length).toBeGreaterThan(8);
    expect(named.filter((each) => !isWritten(each, all))).toEqual([]);
    expect(rows.flatMap(({ metBy }) => looseKindsIn(metBy))).toEqual([]);
  });
});

test('a test, file or object that is gone would be told', () => {
  expect(rowsOf('| line | met by |\n|---|---|\n| "a" | b |\n')).toEqual([{ line: '"a"', metBy: 'b' }]);
  expect(testsIn('`NetworkPolicy dns`; tests "is gone ...", "two" and more; test/kube/x.test.ts "three"')).toEqual([
    { file: null, title: 'is gone' },
    { file: null, title: 'two' },
    { file: 'test/kube/x.test.ts', title: 'three' },
  ]);
  const source =
    "describe('a', () => {\n  test('b “c” \\'d\\'', () => {});\n  ])('%s e', (x) => {});\n] as const)('f', () => 1);";
  expect(titlesIn(source)).toEqual(['a', "b “c” 'd'", '%s e', 'f']);
  expect(objectsIn('`Queue`, `Namespace shop-<id>`, `spec.tls`, `OIDC_*` and `extensions`')).toEqual([
    { kind: 'Queue', name: null },
    { kind: 'Namespace', name: 'shop-<id>' },
  ]);
  const some = new Set(['Namespace shop-acme', 'Queue events.x']);
  expect(isWritten({ kind: 'Namespace', name: 'shop-<id>' }, some)).toBe(true);
  expect(isWritten({ kind: 'Namespace', name: 'shop' }, some)).toBe(false);
  expect(isWritten({ kind: 'Queue', name: null }, some)).toBe(true);
  expect(isWritten({ kind: 'ServiceMonitor', name: null }, some)).toBe(false);
  expect(looseKindsIn('WordPress by a ServiceMonitor, not `PodMonitor x`')).toEqual(['ServiceMonitor']);
});
