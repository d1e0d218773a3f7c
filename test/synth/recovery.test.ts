import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { openDist, recover } from '../../lib/synth/dist';
import { sha256 } from '../../lib/synth/journal';
import { code, failAt, newRoot, read, removeRoot, synth, type Tree, version, write } from './registry';

const roots: string[] = [];
afterAll(() => roots.forEach(removeRoot));

function root(tree: Tree = {}): string {
  const made = newRoot(tree);
  roots.push(made);
  return made;
}

/** A registry that was cut off in the middle of becoming version 1. */
function halfWritten(): string {
  const at = root(version(0));
  expect(() => synth(at, version(1), failAt('put kubernetes/eu-1/t2'))).toThrow(code('E_DIST_INCOMPLETE'));
  expect(read(at)).not.toEqual(version(0));
  return at;
}

test('recovery does nothing, and writes nothing, where nothing is to be done', () => {
  const at = root(version(0));
  expect(recover(at)).toBe('clean');
  expect(existsSync(join(at, '.tenantry'))).toBe(false);
});

test('recovery happens when dist/ is opened', () => {
  const dist = openDist(halfWritten());
  expect(dist.recovery).toBe('finished');
  dist.close();
});

test('recovery is refused while another command writes', () => {
  const at = root();
  const dist = openDist(at);
  expect(() => recover(at)).toThrow(code('E_DIST_BUSY'));
  expect(() => openDist(at)).toThrow(code('E_DIST_BUSY'));
  dist.close();
  expect(recover(at)).toBe('clean');
});

/** The staged name and digest of the put that is carried out last. */
const LAST_PUT = /"w-[^"]*","sha256":"\w+"(?=}])/;

const damages: [string, (at: string) => void][] = [
  ['a staged file lost content', (at) => truncateSync(join(stagedIn(at), firstStaged(at)), 0)],
  ['a staged file is gone', (at) => rmSync(join(stagedIn(at), firstStaged(at)))],
  ['a written file lost content', (at) => truncateSync(join(at, 'dist/kubernetes/eu-1/t0/manifest.yaml'), 3)],
  ['dist/ was put back by hand', (at) => write(at, { 'kubernetes/eu-1/t1/manifest.yaml': 'old' })],
  ['the journal is cut short', (at) => truncateSync(join(at, '.tenantry/journal.json'), 50)],
  ['the journal is of another version', (at) => edit(at, (text) => text.replace('"version":1', '"version":2'))],
  ['a path leads out of dist/', (at) => edit(at, (text) => text.replace('"index/t3.json"', '"../victim"'))],
  [
    'a staged name leads elsewhere',
    (at) => edit(at, (text) => text.replace(LAST_PUT, `"../../victim","sha256":"${sha256('mine')}"`)),
  ],
];

test.each(damages)('recovery tells that dist/ is incomplete, until it is written anew, when %s', (_, damage) => {
  const at = halfWritten();
  writeFileSync(join(at, 'victim'), 'mine');
  damage(at);
  const before = read(at);
  for (let time = 0; time < 2; time++) {
    expect(() => recover(at)).toThrow(/dist\/ is incomplete.*npm run synth.*\[E_DIST_INCOMPLETE\]$/);
    expect(() => openDist(at)).toThrow(code('E_DIST_INCOMPLETE'));
  }
  expect(read(at)).toEqual(before);
  // A command that writes everything but fails leaves the warning in place.
  openDist(at, { whole: true }).close();
  expect(() => recover(at)).toThrow(code('E_DIST_INCOMPLETE'));
  synth(at, version(1), undefined, true);
  expect(read(at)).toEqual(version(1));
  expect(recover(at)).toBe('clean');
  expect(readFileSync(join(at, 'victim'), 'utf8')).toBe('mine');
});

test('recovery follows no link that came into dist/ meanwhile, and finishes once it is gone', () => {
  const at = halfWritten();
  const outside = root(version(0));
  const folder = join(at, 'dist/kubernetes/eu-1');
  renameSync(folder, `${folder}.away`);
  symlinkSync(join(outside, 'dist/kubernetes/eu-1'), folder);
  expect(() => recover(at)).toThrow(/is a symbolic link.*\[E_DIST_UNWRITABLE\]$/);
  expect(read(outside)).toEqual(version(0));
  rmSync(folder);
  renameSync(`${folder}.away`, folder);
  expect(recover(at)).toBe('finished');
  expect(read(at)).toEqual(version(1));
});

test('a damaged journal goes even when all that is left to write is nothing', () => {
  const at = root(version(1));
  synth(at, version(1));
  writeFileSync(join(at, '.tenantry/journal.json'), 'garbage');
  expect(() => recover(at)).toThrow(code('E_DIST_INCOMPLETE'));
  synth(at, version(1), undefined, true);
  expect(recover(at)).toBe('clean');
});

function stagedIn(at: string): string {
  const staging = join(at, '.tenantry/staging');
  return join(staging, readdirSync(staging)[0] ?? '');
}

function firstStaged(at: string): string {
  return readdirSync(stagedIn(at))[0] ?? '';
}

function edit(at: string, change: (text: string) => string): void {
  const journal = join(at, '.tenantry/journal.json');
  const text = readFileSync(journal, 'utf8');
  expect(change(text)).not.toBe(text);
  writeFileSync(journal, change(text));
}
