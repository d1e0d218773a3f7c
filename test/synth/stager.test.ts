import fs, { mkdirSync, mkdtempSync, readFileSync, symlinkSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Dist, openDist, staleFiles } from '../../lib/synth/dist';
import { sha256 } from '../../lib/synth/journal';
import { Stager } from '../../lib/synth/stager';
import { newRoot, removeRoot, type Tree } from './registry';

let root: string;
let dist: Dist | undefined;

afterEach(() => {
  jest.restoreAllMocks();
  dist?.close();
  dist = undefined;
  removeRoot(root);
});

function stagerOf(tree: Tree): Stager {
  root = newRoot(tree);
  dist = openDist(root);
  return new Stager(root);
}

test('what is on disk already is not staged', () => {
  const stager = stagerOf({ 'index/a.json': 'é\n', 'index/empty': '' });
  expect(stager.stage('index/a.json', 'é\n')).toBeUndefined();
  expect(stager.stage('index/empty', '')).toBeUndefined();
});

test.each([
  ['shorter', 'ab'],
  ['longer', 'abcd'],
  ['of the same length', 'abd'],
  ['empty', ''],
])('a text that is %s is staged with its digest', (_, text) => {
  const stager = stagerOf({ 'index/a': 'abc' });
  const put = stager.stage('index/a', text);
  expect(put).toMatchObject({ path: 'index/a', sha256: sha256(text) });
  expect(readFileSync(join(root, '.tenantry/staging', put?.staged ?? ''), 'utf8')).toBe(text);
  expect(readFileSync(join(root, 'dist/index/a'), 'utf8')).toBe('abc');
});

test('only bytes count, not the time of the last change', () => {
  const stager = stagerOf({ 'index/a': 'abc' });
  utimesSync(join(root, 'dist/index/a'), 1, 1);
  expect(stager.stage('index/a', 'abc')).toBeUndefined();
});

test('a file larger than the buffer is compared to its last byte', () => {
  const text = 'é'.repeat(200_000);
  const stager = stagerOf({ a: text, b: `${text}x`, c: `${text.slice(1)}e1` });
  expect(['a', 'b', 'c'].map((path) => stager.differs(path, text))).toEqual([false, true, true]);
});

test('a missing file, a folder and a file in the place of a folder differ', () => {
  const stager = stagerOf({ 'index/a/b': 'x', file: 'x' });
  expect(['index/none', 'index/a', 'file/below'].map((path) => stager.differs(path, 'x'))).toEqual([true, true, true]);
});

test('two stagers of one registry never share a staged name', () => {
  const one = stagerOf({});
  const other = new Stager(root);
  const names = [one, other, one, other].map((stager, index) => stager.stage(`index/${index}`, 'x')?.staged);
  expect(new Set(names).size).toBe(4);
});

test('comparing alone writes nothing', () => {
  root = newRoot({ 'index/a': 'x' });
  expect(new Stager(root).differs('index/a', 'y')).toBe(true);
  expect(staleFiles(root, [], ['index', 'none', 'index/a'])).toEqual(['index/a']);
  expect(fs.readdirSync(root)).toEqual(['dist']);
});

test.each(['', '/etc/passwd', '../x', 'a/../../x', 'a//b', './a', 'a/', 'a\\b', 'C:/x', 'a\0b'])(
  'a path that is no plain way down from dist/ is refused: %j',
  (path) => {
    const stager = stagerOf({});
    expect(() => stager.stage(path, 'x')).toThrow(expect.objectContaining({ code: 'E_DIST_PATH' }));
  },
);

test.each([
  ['folder', 'kubernetes/link/a.yaml'],
  ['file', 'kubernetes/one.yaml'],
])('a %s that is a symbolic link is neither read nor written through', (_, path) => {
  const outside = mkdtempSync(join(tmpdir(), 'tenantry-outside-'));
  fs.writeFileSync(join(outside, 'a.yaml'), 'mine');
  const stager = stagerOf({});
  mkdirSync(join(root, 'dist/kubernetes'), { recursive: true });
  symlinkSync(outside, join(root, 'dist/kubernetes/link'));
  symlinkSync(join(outside, 'a.yaml'), join(root, 'dist/kubernetes/one.yaml'));
  expect(() => stager.stage(path, 'mine')).toThrow(/is a symbolic link.*\[E_DIST_UNWRITABLE\]$/);
  removeRoot(outside);
});

test('a full disk is told as such', () => {
  const stager = stagerOf({});
  jest.spyOn(fs, 'writeFileSync').mockImplementation(() => {
    throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  });
  expect(() => stager.stage('index/a', 'x')).toThrow(/^dist\/index\/a: the disk is full - .*\[E_DIST_UNWRITABLE\]$/);
});
