import { readFileSync, rmSync, symlinkSync } from 'node:fs';
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

describe('for the cdktf CLI', () => {
  test('stacks and their list are copied where it looks for them, without what Terraform left beside them', async () => {
    const root = newRegistry({ 'dist/terraform/stacks/alpha/.terraform/providers/x': 'x' });
    const outdir = join(newFolder(), 'out/tf');
    expect((await runCommand(['synth', '--root', root], { CDKTF_OUTDIR: outdir })).code).toBe(0);
    const { stacks } = JSON.parse(tree(outdir).get('manifest.json') ?? '') as {
      stacks: Record<string, { name: string; synthesizedStackPath: string; workingDirectory: string }>;
    };
    expect(stacks.alpha).toEqual({
      annotations: [],
      constructPath: 'alpha',
      dependencies: [],
      name: 'alpha',
      stackMetadataPath: 'stacks/alpha/metadata.json',
      synthesizedStackPath: 'stacks/alpha/cdk.tf.json',
      workingDirectory: 'stacks/alpha',
    });
    for (const { synthesizedStackPath } of Object.values(stacks))
      expect(tree(outdir).has(synthesizedStackPath)).toBe(true);
    expect(tree(outdir).has('stacks/alpha/.terraform')).toBe(false);
    expect(tree(join(root, 'dist/terraform/stacks')).has('alpha/.terraform/providers/x')).toBe(true);
  });

  test('the list is no part of what is compared, and names every stack when only one is rendered', async () => {
    const root = await synthesized();
    const list = join(root, 'dist/terraform/manifest.json');
    const before = readFileSync(list, 'utf8');
    rmSync(list);
    expect(await succeed(root, 'synth', '--check')).toContain('dist/ is what the registry says');
    expect(await succeed(root, 'synth', '--only', 'alpha')).toContain('0 files written, 0 removed');
    expect(readFileSync(list, 'utf8')).toBe(before);
  });

  test('HCL is refused', async () => {
    expect(await runCommand(['synth'], { SYNTH_HCL_OUTPUT: 'true' })).toMatchObject({ code: 2 });
  });
});
