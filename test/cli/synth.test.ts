import { appendFileSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { STACK_LIST } from '../../lib/synth/stack-list';
import {
  command,
  digest,
  newRegistry,
  parsed,
  type Result,
  succeed,
  synthesized,
  tenantFile,
  tree,
  write,
} from './support';

/** The stacks that cdktf's CLI finds. */
function stacksOf(root: string): object {
  return JSON.parse(readFileSync(join(root, 'dist', STACK_LIST), 'utf8')).stacks;
}

describe('synth', () => {
  test('writes everything, tells how much, and writes nothing when it is run again', async () => {
    const root = newRegistry();
    const first = parsed<Result>(await command(root, 'synth', '--json'));
    const files = [...tree(join(root, 'dist'))].filter(([, is]) => is !== 'folder').map(([path]) => path);
    // No commit holds the list of stacks, so that it is not told.
    expect(files).toContain(STACK_LIST);
    expect([...first.written].sort()).toEqual(files.filter((path) => path !== STACK_LIST).sort());
    expect(first).toMatchObject({ ok: true, tenants: 3, states: { active: 2, suspended: 1 }, removed: [] });
    const before = files.map((path) => statSync(join(root, 'dist', path)));
    expect(await succeed(root, 'synth')).toBe(
      '3 tenants (2 active, 1 suspended) on 2 clusters: no problem\ndist/: 0 files written, 0 removed',
    );
    const after = files.map((path) => statSync(join(root, 'dist', path)));
    expect(after.map(({ ino, mtimeMs }) => [ino, mtimeMs])).toEqual(before.map(({ ino, mtimeMs }) => [ino, mtimeMs]));
  });

  test('is what happens when no command is named', async () => {
    const root = newRegistry();
    expect((await command(root)).code).toBe(0);
    expect((await command(root, 'synth', '--check')).code).toBe(0);
  });

  test('writes the files of a tenant that changed and no others', async () => {
    const root = await synthesized();
    write(root, {
      'tenants/beta.ts': tenantFile('beta', { plan: `'championship'`, placement: `'us-1'`, billing: `{ id: 'b1' }` }),
    });
    const { written, removed } = parsed<Result>(await command(root, 'synth', '--json'));
    expect(removed).toEqual([]);
    expect(written.length).toBeGreaterThan(0);
    expect(written.every((path) => path.includes('beta'))).toBe(true);
  });

  test('mends what was edited, deleted or added by hand, and leaves alone what it does not own', async () => {
    const root = await synthesized();
    const right = digest(join(root, 'dist'));
    appendFileSync(join(root, 'dist/kubernetes/eu-1/alpha/manifest.yaml'), '# mine\n');
    write(root, {
      'dist/argocd/eu-1/gamma.yaml': null,
      'dist/index/alpha.json': null,
      'dist/argocd/eu-9/x/y.yaml': 'x',
    });
    expect(await succeed(root, 'synth')).toContain('dist/: 3 files written, 1 removed');
    expect(digest(join(root, 'dist'))).toBe(right);
    write(root, { 'dist/README.md': 'mine' });
    expect(await succeed(root, 'synth')).toContain('dist/: 0 files written, 0 removed');
    expect(readFileSync(join(root, 'dist/README.md'), 'utf8')).toBe('mine');
  });

  test('takes away all of a tenant but its index entry when it is purged', async () => {
    const root = await synthesized();
    write(root, { 'tenants/gamma.ts': tenantFile('gamma', { plan: `'free'`, lifecycle: `{ state: 'purged' }` }) });
    const { written, removed } = parsed<Result>(await command(root, 'synth', '--json'));
    expect(written).toEqual(['index/gamma.json']);
    expect(removed).toEqual([
      'argocd/eu-1/gamma.yaml',
      'kubernetes/eu-1/_platform/gamma.yaml',
      'kubernetes/eu-1/gamma/manifest.yaml',
      'terraform/stacks/gamma/cdk.tf.json',
    ]);
    expect(Object.keys(stacksOf(root))).toEqual(expect.arrayContaining(['alpha', 'beta']));
    expect(stacksOf(root)).not.toHaveProperty('gamma');
    expect(await succeed(root, 'synth', '--check')).toContain('dist/ is what the registry says');
  });
});

describe('synth --only', () => {
  test('writes the named tenants and nothing else', async () => {
    const root = newRegistry();
    const { written } = parsed<Result>(await command(root, 'synth', '--only', 'alpha', 'beta', '--json'));
    expect(written.length).toBe(10);
    expect(written.every((path) => /alpha|beta/.test(path))).toBe(true);
    expect(Object.keys(stacksOf(root))).toEqual(['alpha', 'beta']);
    const rest = parsed<Result>(await command(root, 'synth', '--json'));
    expect(rest.written.some((path) => /alpha|beta/.test(path))).toBe(false);
    await succeed(root, 'synth', '--check');
  });

  test('checks the named tenants alone', async () => {
    const root = await synthesized();
    write(root, { 'dist/index/alpha.json': null });
    expect((await command(root, 'synth', '--check', '--only', 'beta')).code).toBe(0);
    expect((await command(root, 'synth', '--check', '--only', 'beta', '--only', 'alpha')).code).toBe(1);
  });

  test('refuses a tenant that is not there, and whatever is wrong elsewhere', async () => {
    const root = await synthesized();
    const before = digest(root);
    const unknown = await command(root, 'synth', '--only', 'alhpa');
    // A wrong command line, as with any other command.
    expect(unknown.code).toBe(2);
    expect(unknown.err).toContain('--only: there is no tenant "alhpa" - ');
    write(root, { 'tenants/delta.ts': tenantFile('delta', { plan: `'gold'` }) });
    for (const id of ['alpha', 'alhpa']) {
      const wrong = await command(root, 'synth', '--only', id);
      expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('tenants/delta.ts: plan: ')]);
    }
    write(root, { 'tenants/delta.ts': null });
    expect(digest(root)).toBe(before);
  });

  test.each(['kubernetes', 'eu-1', 'manifests'])(
    'takes nothing away from others when a tenant is called %s',
    async (id) => {
      const root = newRegistry({ [`tenants/${id}.ts`]: tenantFile(id) });
      await succeed(root, 'synth');
      const before = digest(join(root, 'dist'));
      expect(await succeed(root, 'synth', '--only', id)).toContain('0 files written, 0 removed');
      expect(digest(join(root, 'dist'))).toBe(before);
      write(root, { 'dist/argocd/us-1/beta.yaml': null, [`dist/kubernetes/eu-1/${id}/old.yaml`]: 'x' });
      expect(await succeed(root, 'synth', '--only', id)).toContain('0 files written, 1 removed');
      expect(await succeed(root, 'synth')).toContain('1 file written, 0 removed');
      expect(digest(join(root, 'dist'))).toBe(before);
    },
  );
});
