import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '../../lib/model/errors';
import { openDist } from '../../lib/synth/dist';
import { Stager } from '../../lib/synth/stager';
import { command, digest, newFolder, newRegistry, parsed, succeed, tenantFile, tree, write } from './support';

let right: string;

beforeAll(async () => {
  right = newRegistry();
  await succeed(right, 'synth');
});

/** A registry with its output. */
function synthesized(): string {
  const root = newFolder();
  cpSync(right, root, { recursive: true, verbatimSymlinks: true });
  return root;
}

const manifest = 'kubernetes/eu-1/alpha/manifest.yaml';

/** A registry whose synthesis was cut off after it had committed to a change and carried out half of it. */
function interrupted(): string {
  const root = synthesized();
  const stop = (step: string) => {
    if (step === 'put index/alpha.json') throw new Error('cut off');
  };
  const dist = openDist(root, { onStep: stop });
  const stager = new Stager(root);
  const puts = [manifest, 'index/alpha.json'].flatMap((path) => stager.stage(path, `{"new":"${path}"}\n`) ?? []);
  expect(() => dist.commit({ puts, removals: ['argocd/us-1/beta.yaml'] })).toThrow('part old, part new');
  dist.close();
  return root;
}

describe('output that was interrupted', () => {
  test.each([['synth'], ['synth', '--check'], ['check']])('is finished by whatever runs next: %s', async (...argv) => {
    const root = interrupted();
    const { err } = await command(root, ...argv);
    expect(err).not.toContain('[E_DIST_INCOMPLETE]');
    expect(readdirSync(join(root, '.tenantry'))).not.toContain('journal.json');
    // The change that was made up is complete, and its index entry is what every command stumbles over then.
    expect(err).toMatch(/^dist\/index\/alpha\.json: .*git checkout -- dist\/index\/alpha\.json/m);
  });

  test.each<[string, (root: string) => void]>([
    ['its journal is cut short', (root) => truncateSync(join(root, '.tenantry/journal.json'), 40)],
    ['what it had staged is gone', (root) => rmSync(join(root, '.tenantry/staging'), { recursive: true })],
  ])('is told apart from a finished one, and written anew by synth alone, when %s', async (_, damage) => {
    const root = interrupted();
    damage(root);
    const before = tree(join(root, 'dist'));
    for (const argv of [['check'], ['synth', '--check'], ['synth', '--only', 'alpha']]) {
      const { code, err } = await command(root, ...argv);
      expect([argv, code]).toEqual([argv, 1]);
      expect(err).toMatch(/run npm run synth, which rewrites it \[E_DIST_INCOMPLETE\]$/m);
      expect(err).toMatch(/; dist\/ is part old, part new$/);
      expect(tree(join(root, 'dist'))).toEqual(before);
    }
    const result = await command(root, 'check', '--json');
    expect(parsed<{ problems: Problem[] }>(result).problems).toMatchObject([{ code: 'E_DIST_INCOMPLETE' }]);
    await succeed(root, 'synth');
    expect(digest(join(root, 'dist'))).toBe(digest(join(right, 'dist')));
    await succeed(root, 'synth', '--check');
  });

  test('before it had committed to anything is as it was', async () => {
    const root = synthesized();
    mkdirSync(join(root, '.tenantry/staging/w-1'), { recursive: true });
    write(root, { '.tenantry/staging/w-1/0': 'half', '.tenantry/journal.json.draft': '{' });
    await succeed(root, 'synth', '--check');
    expect(readdirSync(join(root, '.tenantry'))).not.toContain('staging');
    expect(digest(join(root, 'dist'))).toBe(digest(join(right, 'dist')));
  });
});

describe('output that cannot be written', () => {
  test.each<[string, (root: string) => void, RegExp]>([
    [
      'dist is a file',
      (root) => {
        rmSync(join(root, 'dist'), { recursive: true });
        writeFileSync(join(root, 'dist'), 'mine');
      },
      /^dist\/index: expected a folder that can be read, got ENOTDIR/m,
    ],
    [
      'dist is a link',
      (root) => {
        rmSync(join(root, 'dist'), { recursive: true });
        symlinkSync(join(right, 'dist'), join(root, 'dist'));
      },
      /is a symbolic link.*remove it \[E_DIST_UNWRITABLE\]$/m,
    ],
    [
      'a folder in it is a link',
      (root) => {
        rmSync(join(root, 'dist/argocd'), { recursive: true });
        symlinkSync(join(right, 'dist/argocd'), join(root, 'dist/argocd'));
      },
      /dist\/argocd\/?.*is a symbolic link.*\[E_DIST_UNWRITABLE\]$/m,
    ],
    [
      '.tenantry is a file',
      (root) => {
        rmSync(join(root, '.tenantry'), { recursive: true });
        writeFileSync(join(root, '.tenantry'), 'mine');
      },
      /\[E_DIST_UNWRITABLE\]$/m,
    ],
  ])('is told, and everything is as it was, when %s', async (_, spoil, message) => {
    const root = synthesized();
    write(root, { 'tenants/alpha.ts': tenantFile('alpha') });
    spoil(root);
    const before = [digest(join(root, 'dist')), digest(right)];
    const { code, err } = await command(root, 'synth');
    expect(code).toBe(1);
    expect(err).toMatch(message);
    expect(err).not.toMatch(/^\s+at /m);
    expect([digest(join(root, 'dist')), digest(right)]).toEqual(before);
    const told = parsed<{ ok: boolean; problems: Problem[] }>(await command(root, 'synth', '--json'));
    expect(told.ok).toBe(false);
    expect(told.problems.length).toBeGreaterThan(0);
  });

  test('is written in a copy of the registry, whatever the copying did to the links of the lock', async () => {
    const root = newFolder();
    cpSync(right, root, { recursive: true });
    write(root, { 'tenants/alpha.ts': tenantFile('alpha') });
    await succeed(root, 'synth');
    await succeed(root, 'synth', '--check');
  });

  test('is told while another command writes it, and written after that', async () => {
    const root = synthesized();
    const dist = openDist(root);
    for (const argv of [['synth'], ['check'], ['synth', '--check']]) {
      const { code, err } = await command(root, ...argv);
      expect([argv, code, err]).toEqual([argv, 1, expect.stringContaining('[E_DIST_BUSY]')]);
    }
    dist.close();
    await succeed(root, 'synth');
  });
});

describe('an index entry that cannot be read', () => {
  test.each(['', '{}', '{"id":', 'null'])(
    'is named with what restores it, and nothing is written: %j',
    async (text) => {
      const root = synthesized();
      write(root, { 'dist/index/beta.json': text, 'tenants/alpha.ts': tenantFile('alpha') });
      const before = tree(join(root, 'dist'));
      for (const argv of [['synth'], ['check'], ['synth', '--check']]) {
        const { code, err } = await command(root, ...argv);
        expect([argv, code]).toEqual([argv, 1]);
        expect(err).toMatch(/^dist\/index\/beta\.json: .*git checkout -- dist\/index\/beta\.json/m);
        expect(tree(join(root, 'dist'))).toEqual(before);
      }
      write(root, { 'dist/index/beta.json': null });
      await succeed(root, 'synth');
    },
  );
});
