import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDist, recover } from '../../lib/synth/dist';
import { Stager } from '../../lib/synth/stager';
import { code, failAt, leftovers, newRoot, OWNED, read, removeRoot, synth, type Tree, version } from './registry';

const roots: string[] = [];
afterAll(() => roots.forEach(removeRoot));

function root(tree: Tree = {}): string {
  const made = newRoot(tree);
  roots.push(made);
  return made;
}

describe('a change', () => {
  test('makes dist/ where there is none', () => {
    const at = root();
    synth(at, version(1));
    expect(read(at)).toEqual(version(1));
    expect(leftovers(at)).toEqual([]);
  });

  test('writes only what differs and removes only what is owned', () => {
    const at = root({ ...version(0), 'notes/mine.md': 'mine\n' });
    const inode = lstatSync(join(at, 'dist/index/t1.json')).ino;
    const { put, removed } = synth(at, version(1));
    expect(put).not.toContain('index/t1.json');
    expect(removed).toEqual(['argocd/eu-1/swap', 'index/t3.json', 'kubernetes/eu-1/t3/manifest.yaml']);
    expect(read(at)).toEqual({ ...version(1), 'notes/mine.md': 'mine\n' });
    expect(lstatSync(join(at, 'dist/index/t1.json')).ino).toBe(inode);
  });

  test('writes nothing when nothing differs', () => {
    const at = root(version(1));
    const steps: string[] = [];
    expect(synth(at, version(1), (step) => steps.push(step))).toEqual({ put: [], removed: [] });
    expect(steps).toEqual([]);
  });

  test('leaves no empty folder behind', () => {
    const at = root({ 'kubernetes/eu-1/a/manifest.yaml': 'a', 'kubernetes/eu-2/b/manifest.yaml': 'b' });
    synth(at, { 'kubernetes/eu-2/b/manifest.yaml': 'b' });
    expect(readdirSync(join(at, 'dist/kubernetes'))).toEqual(['eu-2']);
  });

  test('turns files into folders and back, empty folders included', () => {
    const at = root({ 'index/a': '1', 'index/b/c/d': '2' });
    mkdirSync(join(at, 'dist/index/b/hollow/hull'), { recursive: true });
    const tree = { 'index/a/x': '3', 'index/b': '4' };
    synth(at, tree);
    expect(read(at)).toEqual(tree);
  });

  test('keeps git from seeing the working folder', () => {
    const at = root();
    synth(at, version(0));
    expect(readFileSync(join(at, '.tenantry/.gitignore'), 'utf8')).toBe('*\n');
  });
});

describe('an error', () => {
  test.each(['draft', 'commit'])('before the commit changes nothing: %s', (step) => {
    const at = root(version(0));
    expect(() => synth(at, version(1), failAt(step))).toThrow(/the disk is full.*\[E_DIST_UNWRITABLE\]$/);
    expect(read(at)).toEqual(version(0));
    expect(leftovers(at)).toEqual([]);
    expect(recover(at)).toBe('clean');
  });

  test.each(['remove', 'folder', 'put', 'forget'])('after it is finished by the next command: %s', (step) => {
    const at = root(version(0));
    const message = /part old, part new: no permission.*the next command finishes.*\[E_DIST_INCOMPLETE\]$/;
    expect(() => synth(at, version(1), failAt(step, 'EACCES'))).toThrow(message);
    expect(recover(at)).toBe('finished');
    expect(read(at)).toEqual(version(1));
    expect(leftovers(at)).toEqual([]);
  });

  test('of the caller leaves dist/ as it was and lets the next one in', () => {
    const at = root(version(0));
    const dist = openDist(at);
    new Stager(at).stage('index/a', 'x');
    dist.close();
    expect(leftovers(at)).toEqual([]);
    expect(read(at)).toEqual(version(0));
    synth(at, version(1));
  });

  test('is thrown when two files claim one path, also by an unchanged one', () => {
    const at = root({ 'index/a': 'x' });
    const dist = openDist(at);
    expect(() => dist.stale(['index/a', 'index/a'], OWNED)).toThrow(code('E_DIST_PATH'));
    const put = { path: 'index/b', staged: 'w-1/0', sha256: '' };
    expect(() => dist.commit({ puts: [put, put], removals: [] })).toThrow(code('E_DIST_PATH'));
    expect(() => dist.commit({ puts: [put], removals: ['index/b'] })).toThrow(code('E_DIST_PATH'));
    expect(() => dist.commit({ puts: [put], removals: [] })).toThrow('was staged and is gone');
    dist.close();
    expect(() => synth(at, { 'index/c': 'x', 'index/c/d': 'y' })).toThrow(code('E_DIST_PATH'));
    expect(read(at)).toEqual({ 'index/a': 'x' });
  });

  test('is thrown when a file that is not ours is in the way, and nothing changes', () => {
    const tree = { 'notes/a/b': 'mine', file: 'mine', 'index/a': 'old' };
    const at = root(tree);
    expect(() => synth(at, { 'notes/a': 'x' })).toThrow(/dist\/notes\/a: .*dist\/notes\/a\/b.*\[E_DIST_PATH\]$/);
    expect(() => synth(at, { 'file/x': 'x' })).toThrow(/dist\/file\/x: .*dist\/file .*\[E_DIST_PATH\]$/);
    expect(read(at)).toEqual(tree);
  });
});

describe('dist/ is refused, and nothing changed,', () => {
  test('when it is a file', () => {
    const at = root();
    writeFileSync(join(at, 'dist'), 'mine');
    expect(() => synth(at, version(0))).toThrow(code('E_DIST_UNWRITABLE'));
    expect(readdirSync(at)).toEqual(['dist']);
  });

  test('when it, or a folder in it, is a symbolic link', () => {
    const outside = root(version(0));
    const at = root();
    symlinkSync(join(outside, 'dist'), join(at, 'dist'));
    expect(() => synth(at, version(1))).toThrow(/dist: is a symbolic link.*\[E_DIST_UNWRITABLE\]$/);
    expect(readdirSync(at)).toEqual(['dist']);
    rmSync(join(at, 'dist'));
    mkdirSync(join(at, 'dist'));
    symlinkSync(join(outside, 'dist/kubernetes'), join(at, 'dist/kubernetes'));
    expect(() => synth(at, version(1))).toThrow(code('E_DIST_UNWRITABLE'));
    expect(() => synth(at, {})).toThrow(code('E_DIST_UNWRITABLE'));
    const dist = openDist(at);
    const removals = ['kubernetes/eu-1/t1/manifest.yaml'];
    expect(() => dist.commit({ puts: [], removals })).toThrow(code('E_DIST_UNWRITABLE'));
    dist.close();
    expect(read(outside)).toEqual(version(0));
  });

  test('when the root folder is missing', () => {
    expect(() => openDist(join(root(), 'typo'))).toThrow(code('E_DIST_UNWRITABLE'));
  });
});
