import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { readIndexAt, readIndexOnDisk } from '../../lib/registry/base';
import { formatIndex, formatShared, type IndexEntry, type SharedEntry } from '../../lib/registry/index-entry';
import { claim, folder, write } from './support';

function entry(id: string, name = 'ü'): IndexEntry {
  const texts = {
    product: 'nekotab',
    plan: 'standard',
    state: 'active',
    placement: 'eu-1',
    namespace: `nekotab-${id}`,
  };
  return { id, ...texts, claims: [claim('bucket', name, true)], files: {} };
}

function index(...ids: string[]): Record<string, string> {
  return Object.fromEntries(ids.map((id) => [`dist/index/${id}.json`, formatIndex(entry(id))]));
}

function sharedEntry(id: string): SharedEntry {
  const [placement = '', product = ''] = id.split('.');
  return { id, product, placement, namespace: product, claims: [claim('bucket', 'b', true)] };
}

/** Files of shared services beside those of tenants. */
function shared(...ids: string[]): Record<string, string> {
  return Object.fromEntries(ids.map((id) => [`dist/index/_shared/${id}.json`, formatShared(sharedEntry(id))]));
}

const WHO = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', '-c', 'commit.gpgsign=false'];

function git(root: string, ...args: string[]): void {
  execFileSync('git', [...WHO, ...args], { cwd: root, stdio: 'pipe' });
}

function commit(root: string, files: Readonly<Record<string, string>>): void {
  write(root, files);
  git(root, 'add', '--all');
  git(root, 'commit', '--quiet', '--allow-empty', '--message', 'Change');
}

function repository(files: Readonly<Record<string, string>>): string {
  const root = folder();
  git(root, 'init', '--quiet', '--initial-branch', 'main');
  commit(root, files);
  return root;
}

describe('the index on disk', () => {
  test('is read whole, sorted by id', () => {
    const root = folder();
    write(root, { ...index('b', 'a', 'a-b'), 'dist/index/README.md': 'text', 'dist/index/.x.json': '' });
    expect(readIndexOnDisk(root)).toEqual({
      entries: [entry('a'), entry('a-b'), entry('b')],
      shared: [],
      problems: [],
    });
  });

  test('is empty before the first synthesis', () => {
    expect(readIndexOnDisk(folder())).toEqual({ entries: [], shared: [], problems: [] });
  });

  test.each<[string, string]>([
    ['is damaged', '{'],
    ['is empty', ''],
    ['is another tenant’s', formatIndex(entry('b'))],
  ])('is not believed where a file %s, and the others are', (_, text) => {
    const root = folder();
    write(root, { ...index('c'), 'dist/index/a.json': text });
    const { entries, problems } = readIndexOnDisk(root);
    expect(entries).toEqual([entry('c')]);
    expect(problems).toMatchObject([
      {
        file: 'dist/index/a.json',
        fix: 'git checkout -- dist/index/a.json, or git checkout -- dist/index for all of them',
      },
    ]);
  });

  test('has entries of shared services beside those of tenants, and believes no damaged one of either', () => {
    const root = folder();
    write(root, { ...index('a'), ...shared('eu-1.unity', 'ap-1.unity') });
    const both = [sharedEntry('ap-1.unity'), sharedEntry('eu-1.unity')];
    expect(readIndexOnDisk(root)).toEqual({ entries: [entry('a')], shared: both, problems: [] });
    write(root, { 'dist/index/_shared/eu-1.unity.json': formatShared(sharedEntry('us-1.unity')) });
    const { shared: read, problems } = readIndexOnDisk(root);
    expect(read).toEqual([sharedEntry('ap-1.unity')]);
    expect(problems).toMatchObject([
      {
        code: 'E_DIST_DAMAGED',
        file: 'dist/index/_shared/eu-1.unity.json',
        fix: expect.stringContaining('git checkout'),
      },
    ]);
  });

  test('is not believed where something else lies in its place', () => {
    const root = folder();
    mkdirSync(join(root, 'dist/index/a.json'), { recursive: true });
    expect(readIndexOnDisk(root).problems).toMatchObject([{ file: 'dist/index/a.json' }]);
    const other = folder();
    write(other, { 'dist/index': 'a file' });
    expect(readIndexOnDisk(other).problems).toMatchObject([{ file: 'dist/index' }]);
  });
});

describe('the index of a commit', () => {
  test('is that of the commit, whatever lies on disk now', async () => {
    const root = repository(index('a', 'b'));
    commit(root, index('c'));
    rmSync(join(root, 'dist'), { recursive: true });
    expect(await readIndexAt(root, 'HEAD')).toEqual({
      entries: [entry('a'), entry('b'), entry('c')],
      shared: [],
      problems: [],
    });
    expect(await readIndexAt(root, 'main~1')).toEqual({ entries: [entry('a'), entry('b')], shared: [], problems: [] });
  });

  test('is found in a folder of a larger repository', async () => {
    const files = Object.entries(index('a')).map(([path, text]) => [`infra/üb er/${path}`, text]);
    const root = repository({ ...Object.fromEntries(files), ...index('other') });
    expect(await readIndexAt(join(root, 'infra/üb er'), 'HEAD')).toEqual({
      entries: [entry('a')],
      shared: [],
      problems: [],
    });
  });

  test('has the entries of shared services of the commit, in a folder of its repository too', async () => {
    const files = { ...index('a'), ...shared('eu-1.unity'), 'dist/index/_shared/note.md': 'text' };
    const root = repository({
      ...files,
      ...Object.fromEntries(Object.entries(files).map(([at, is]) => [`in/${at}`, is])),
    });
    rmSync(join(root, 'in/dist'), { recursive: true });
    const whole = { entries: [entry('a')], shared: [sharedEntry('eu-1.unity')], problems: [] };
    expect(await readIndexAt(root, 'HEAD')).toEqual(whole);
    expect(await readIndexAt(join(root, 'in'), 'HEAD')).toEqual(whole);
  });

  test('is empty where there is none yet', async () => {
    expect(await readIndexAt(repository({ 'README.md': 'text' }), 'HEAD')).toEqual({
      entries: [],
      shared: [],
      problems: [],
    });
  });

  test('is read by tag and by the beginning of a hash', async () => {
    const root = repository(index('a'));
    git(root, 'tag', '--annotate', 'v1', '--message', 'One');
    const hash = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root }).toString().trim();
    for (const ref of ['v1', hash, '@', 'refs/heads/main'])
      expect((await readIndexAt(root, ref)).entries).toHaveLength(1);
  });

  test('is read while a hook points git at another repository', async () => {
    const root = repository(index('a'));
    const before = { ...process.env };
    Object.assign(process.env, { GIT_DIR: join(repository(index('b')), '.git'), GIT_INDEX_FILE: 'nowhere' });
    try {
      expect((await readIndexAt(root, 'HEAD')).entries.map(({ id }) => id)).toEqual(['a']);
    } finally {
      delete process.env.GIT_DIR;
      delete process.env.GIT_INDEX_FILE;
      Object.assign(process.env, before);
    }
  });

  test('is not believed where a file is damaged or no file', async () => {
    const root = repository({ ...index('a'), 'dist/index/b.json': '<<<<<<< HEAD' });
    symlinkSync('a.json', join(root, 'dist/index/c.json'));
    commit(root, {});
    const { entries, problems } = await readIndexAt(root, 'HEAD');
    expect(entries.map(({ id }) => id)).toEqual(['a']);
    expect(problems.map(({ file }) => file)).toEqual(['dist/index/b.json', 'dist/index/c.json']);
    expect(problems[0]?.found).toContain('of "HEAD"');
  });

  test.each(['nowhere', '--help', '-h', '--output=/tmp/x', 'HEAD:README.md', 'HEAD; touch x', '', 'a..b', '$(id)'])(
    'is refused for %j, which is no commit',
    async (ref) => {
      const root = repository({ ...index('a'), 'README.md': 'text' });
      const { entries, problems } = await readIndexAt(root, ref);
      expect(entries).toEqual([]);
      expect(problems).toMatchObject([{ code: 'E_GIT', found: `git knows no commit ${JSON.stringify(ref)}` }]);
    },
  );

  test('is refused in a shallow clone that lacks the commit, with what to fetch', async () => {
    const root = repository(index('a'));
    commit(root, index('b'));
    const clone = join(folder(), 'clone');
    git(root, 'clone', '--quiet', '--depth', '1', `file://${root}`, clone);
    expect((await readIndexAt(clone, 'HEAD')).entries).toHaveLength(2);
    expect((await readIndexAt(clone, 'HEAD~1')).problems).toMatchObject([
      {
        code: 'E_GIT',
        found: 'git knows no commit "HEAD~1" in this shallow clone',
        fix: expect.stringContaining('fetch-depth: 0'),
      },
    ]);
  });

  test('is refused outside a repository', async () => {
    const { problems } = await readIndexAt(folder(), 'HEAD');
    expect(problems).toMatchObject([{ code: 'E_GIT', found: expect.stringContaining('not a git repository') }]);
  });

  test('is refused where there is no git', async () => {
    const root = repository(index('a'));
    const { PATH } = process.env;
    process.env.PATH = folder();
    try {
      expect((await readIndexAt(root, 'HEAD')).problems).toMatchObject([{ code: 'E_GIT', found: 'git cannot be run' }]);
    } finally {
      process.env.PATH = PATH;
    }
  });
});
