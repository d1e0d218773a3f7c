import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from '../cli/support';

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

/** Names of tests that a cell quotes; three dots stand for what is left out at the end. */
function testsIn(cell: string): string[] {
  return Array.from(cell.matchAll(/\btests? "([^"]+)"/g), ([, name = '']) => name.replace(/\s*\.\.\.$/, ''));
}

test('there is a ledger for each product', () => {
  const products = readdirSync(join(REPOSITORY, 'lib/products')).filter((name) => name !== 'index.ts');
  expect(ledgers.sort()).toEqual(products.map((name) => name.replace('.ts', '.md')).sort());
});

describe.each(ledgers)('%s', (name) => {
  const text = readFileSync(join(folder, name), 'utf8');
  const rows = rowsOf(text);

  test('says of each line what meets it, or who else does', () => {
    expect(rows.length).toBeGreaterThan(10);
    for (const { line, metBy } of rows) expect([line, metBy.length]).toEqual([line, expect.any(Number)]);
    expect(rows.filter(({ metBy }) => metBy.length < 5)).toEqual([]);
  });

  test('names files that there are', () => {
    const paths = Array.from(text.matchAll(/\b(?:lib|test|docs|tenants)\/[\w./-]+\.(?:ts|md)\b/g), ([path]) => path);
    expect(paths.length).toBeGreaterThan(0);
    expect(paths.filter((path) => !existsSync(join(REPOSITORY, path)))).toEqual([]);
  });

  test('names tests that there are', () => {
    const file = join(REPOSITORY, 'test/products', name.replace('.md', '.test.ts'));
    const named = rows.flatMap(({ metBy }) => testsIn(metBy));
    const tests = existsSync(file) ? readFileSync(file, 'utf8') : '';
    expect(named.filter((each) => !tests.includes(each))).toEqual([]);
  });
});

test('a test or file that is gone would be told', () => {
  expect(testsIn('policy `dns`; test "is gone ..." and more')).toEqual(['is gone']);
  expect(rowsOf('| line | met by |\n|---|---|\n| "a" | b |\n')).toEqual([{ line: '"a"', metBy: 'b' }]);
});
