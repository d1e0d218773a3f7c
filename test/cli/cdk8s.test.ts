import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { digest, newFolder, newRegistry, runCommand, succeed, synthesized, tree } from './support';

describe('for the cdk8s CLI', () => {
  test('the manifests are copied where it looks for them, unless that is where they are', async () => {
    const root = newRegistry();
    const outdir = join(newFolder(), 'out/k8s');
    const argv = ['synth', '--root', root];
    expect((await runCommand(argv, { CDK8S_OUTDIR: outdir })).code).toBe(0);
    expect(digest(outdir)).toBe(digest(join(root, 'dist/kubernetes')));
    const before = digest(join(root, 'dist'));
    const link = join(newFolder(), 'link');
    symlinkSync(root, link);
    for (const at of [root, link])
      expect((await runCommand(argv, { CDK8S_OUTDIR: join(at, 'dist/kubernetes') })).code).toBe(0);
    expect(digest(join(root, 'dist'))).toBe(before);
  });

  test('a check copies nothing', async () => {
    const root = await synthesized();
    const outdir = join(newFolder(), 'out');
    expect((await runCommand(['synth', '--check', '--root', root], { CDK8S_OUTDIR: outdir })).code).toBe(0);
    expect(tree(outdir).size).toBe(0);
  });

  test.each(['a file', 'a folder in the manifests'])('a place that cannot take them is told: %s', async (what) => {
    const root = newRegistry({ file: 'mine' });
    const outdir = what === 'a file' ? join(root, 'file') : join(root, 'dist/kubernetes/out');
    const { code, err } = await runCommand(['synth', '--root', root], { CDK8S_OUTDIR: outdir });
    expect(code).toBe(1);
    expect(err).toMatch(/CDK8S_OUTDIR.*\[E_DIST_UNWRITABLE\]/);
    expect(err).not.toMatch(/^ +at /m);
    await succeed(root, 'synth', '--check');
  });
});
