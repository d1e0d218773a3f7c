import { appendFileSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command, digest, parsed, type Result, succeed, synthesized, tenantFile, write } from './support';

describe('synth --check', () => {
  test('passes on fresh output and writes nothing at all', async () => {
    const root = await synthesized();
    rmSync(join(root, '.tenantry'), { recursive: true });
    const before = digest(root);
    expect(await succeed(root, 'synth', '--check')).toContain('dist/ is what the registry says');
    expect(parsed<Result>(await command(root, 'synth', '--check', '--json'))).toMatchObject({ ok: true, written: [] });
    expect(digest(root)).toBe(before);
  });

  test.each<[string, (root: string) => void, string[], string[]]>([
    [
      'a file was edited',
      (root) => appendFileSync(join(root, 'dist/kubernetes/eu-1/alpha/manifest.yaml'), ' '),
      ['dist/kubernetes/eu-1/alpha/manifest.yaml'],
      ['alpha'],
    ],
    [
      'files were deleted',
      (root) => write(root, { 'dist/index/beta.json': null, 'dist/kubernetes/eu-1/_platform/gamma.yaml': null }),
      ['dist/index/beta.json', 'dist/kubernetes/eu-1/_platform/gamma.yaml'],
      ['beta', 'gamma'],
    ],
    [
      'a file was added to an owned folder',
      (root) => write(root, { 'dist/kubernetes/us-1/beta/more.yaml': 'a: b\n', 'dist/argocd/us-1/delta.yaml': '' }),
      ['dist/argocd/us-1/delta.yaml', 'dist/kubernetes/us-1/beta/more.yaml'],
      ['beta', 'delta'],
    ],
    [
      'what a cluster has once was edited',
      (root) => writeFileSync(join(root, 'dist/kubernetes/us-1/_platform/manifest.yaml'), ''),
      ['dist/kubernetes/us-1/_platform/manifest.yaml'],
      ['_platform'],
    ],
    [
      'a tenant file changed',
      (root) => write(root, { 'tenants/gamma.ts': tenantFile('gamma', { plan: `'free'` }) }),
      ['dist/index/gamma.json', 'dist/kubernetes/eu-1/gamma/manifest.yaml', 'dist/terraform/stacks/gamma/cdk.tf.json'],
      ['gamma'],
    ],
    ['there is no output', (root) => write(root, { dist: null }), [], ['_platform', 'alpha', 'beta', 'gamma']],
  ])('fails, names the tenants and changes nothing when %s', async (_, spoil, files, owners) => {
    const root = await synthesized();
    spoil(root);
    const before = digest(root);
    const { code, out, err } = await command(root, 'synth', '--check');
    expect([code, out]).toEqual([1, '']);
    expect(err.split('\n').at(-1)).toMatch(new RegExp(`^\\d+ problems? in \\d+ files?; stale: ${owners.join(', ')}$`));
    const result = await command(root, 'synth', '--check', '--json');
    expect(result.code).toBe(1);
    const { ok, stale, problems } = parsed<Result>(result);
    expect([ok, stale]).toEqual([false, owners]);
    expect(new Set(problems.map((problem) => problem.code))).toEqual(new Set(['E_DIST_STALE']));
    if (files.length > 0) expect(problems.map(({ file }) => file)).toEqual(files);
    expect(digest(root)).toBe(before);
    await succeed(root, 'synth');
    await succeed(root, 'synth', '--check');
  });

  test('shows the name of a strange file without what a terminal would obey', async () => {
    const root = await synthesized();
    write(root, { 'dist/kubernetes/eu-1/alpha/\u001b[2J\u009b\u2028.yaml': '' });
    for (const argv of [
      ['synth', '--check'],
      ['synth', '--check', '--json'],
      ['synth', '--json'],
    ]) {
      const { out, err } = await command(root, ...argv);
      expect(out + err.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028]/);
      expect(out + err).toContain('\\u001b[2J\\u009b\\u2028.yaml');
    }
  });

  test('tells a change that keeps size and time, which the cache alone would not see', async () => {
    const root = await synthesized();
    const file = join(root, 'dist/index/alpha.json');
    const { atime, mtime } = statSync(file);
    writeFileSync(file, readFileSync(file, 'utf8').replace('"standard"', '"standarD"'));
    utimesSync(file, atime, mtime);
    expect((await command(root, 'synth', '--check')).err).toContain('dist/index/alpha.json');
  });
});
