import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROVIDERS } from '../../lib/terraform/providers';
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
  const titles = source.matchAll(
    /(?:\b(?:test|describe)(?:\.each\(\w+\))?|\])\)?(?: as const\))?\(\s*(['"`])((?:\\.|(?!\1).)+)\1,/g,
  );
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

/** Types of Terraform's resources that a cell names, such as `postgresql_role`: whatever begins with the name of a provider. */
function resourcesIn(cell: string): string[] {
  const quoted = Array.from(cell.matchAll(/`([a-z0-9]+)(_[a-z0-9_]+)`/g));
  return quoted.flatMap(([, provider = '', rest = '']) =>
    Object.hasOwn(PROVIDERS, provider) ? [provider + rest] : [],
  );
}

/** Files that a text names. */
function filesIn(text: string): string[] {
  const found = text.matchAll(
    /(?<![\w/.-])(?:lib|test|docs|tenants|dist|\.github)\/[\w./-]+\.(?:ts|md|sql|json|yaml|yml|sh)\b/g,
  );
  return Array.from(found, ([path]) => path);
}

/** What a cell leaves for later. */
function laterIn(cell: string): string[] {
  return Array.from(cell.matchAll(/\blater: (\w+)/g), ([, word = '']) => word);
}

/** Issues that are still open. */
const LATER = ['Compose', 'offboarding', 'showback', 'dashboards'];

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

/** Types of the resources that the committed stacks have. */
function planned(): ReadonlySet<string> {
  const files = [...tree(join(REPOSITORY, 'dist/terraform/stacks'))].filter(([path]) => path.endsWith('cdk.tf.json'));
  return new Set(files.flatMap(([, text]) => Object.keys((JSON.parse(text) as { resource?: object }).resource ?? {})));
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
const resources = planned();

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
    const later = rows.flatMap(({ metBy }) => laterIn(metBy));
    expect(later.filter((word) => !LATER.includes(word))).toEqual([]);
  });

  test('names files that there are', () => {
    const paths = filesIn(text);
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

  test('names resources that the committed stacks have', () => {
    const named = rows.flatMap(({ metBy }) => resourcesIn(metBy));
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((type) => !resources.has(type))).toEqual([]);
  });
});

test('a test, file or object that is gone would be told', () => {
  expect(rowsOf('| line | met by |\n|---|---|\n| "a" | b |\n')).toEqual([{ line: '"a"', metBy: 'b' }]);
  expect(
    testsIn(
      '`NetworkPolicy dns`; tests "is gone ...", "two" and more; test/kube/x.test.ts "three", test/e2e/y.e2e.ts "four"',
    ),
  ).toEqual([
    { file: null, title: 'is gone' },
    { file: null, title: 'two' },
    { file: 'test/kube/x.test.ts', title: 'three' },
    { file: 'test/e2e/y.e2e.ts', title: 'four' },
  ]);
  const source =
    "describe('a', () => {\n  test('b “c” \\'d\\'', () => {});\n  ])('%s e', (x) => {});\n] as const)('f', () => 1);\n  test.each(cases)('g %s', f);";
  expect(titlesIn(source)).toEqual(['a', "b “c” 'd'", '%s e', 'f', 'g %s']);
  expect(objectsIn('`Queue`, `Namespace shop-<id>`, `spec.tls`, `OIDC_*` and `extensions`')).toEqual([
    { kind: 'Queue', name: null },
    { kind: 'Namespace', name: 'shop-<id>' },
  ]);
  expect(resourcesIn('`postgresql_role`, `tenant_id`, mysql_user and `minio_s3_bucket`; `random_password`')).toEqual([
    'postgresql_role',
    'minio_s3_bucket',
    'random_password',
  ]);
  // It is read by stacks, and made by none.
  expect(resources.has('random_password')).toBe(false);
  expect(resources.has('postgresql_role')).toBe(true);
  expect(
    filesIn('dist/sql/shop.sql, (.github/workflows/due.yml), test/e2e/y.e2e.ts "four"; dist/index, x/lib/a.ts'),
  ).toEqual(['dist/sql/shop.sql', '.github/workflows/due.yml', 'test/e2e/y.e2e.ts']);
  expect(laterIn('later: Terraform (DNS), later: Compose')).toEqual(['Terraform', 'Compose']);
  const some = new Set(['Namespace shop-acme', 'Queue events.x']);
  expect(isWritten({ kind: 'Namespace', name: 'shop-<id>' }, some)).toBe(true);
  expect(isWritten({ kind: 'Namespace', name: 'shop' }, some)).toBe(false);
  expect(isWritten({ kind: 'Queue', name: null }, some)).toBe(true);
  expect(isWritten({ kind: 'ServiceMonitor', name: null }, some)).toBe(false);
  expect(looseKindsIn('WordPress by a ServiceMonitor, not `PodMonitor x`')).toEqual(['ServiceMonitor']);
});
