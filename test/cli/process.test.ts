import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { environment, PROGRAM, program } from './process';
import { digest, newFolder, newRegistry, REPOSITORY, synthesized, tenantFile, tree, write } from './support';

jest.setTimeout(60_000);

test('as a process it ends with 0, 1 or 2, and without a control character in what it prints into a pipe', async () => {
  const root = await synthesized();
  const runs = [
    { argv: ['synth', '--root', root], code: 0 },
    { argv: ['check', '--root', root, '--json'], code: 0 },
    { argv: ['chek'], code: 2 },
  ].map(({ argv, code }) => ({ argv, code, result: program(argv) }));
  write(root, { 'tenants/delta.ts': `throw new Error('\\u001b[31mred\\u009b\\r\\u2028');` });
  runs.push({ argv: ['synth'], code: 1, result: program(['synth'], { env: { TENANTRY_ROOT: root } }) });
  for (const { argv, code, result } of runs) {
    expect([argv, result.status]).toEqual([argv, code]);
    expect(result.stdout + result.stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]/);
    expect(code === 0 ? result.stderr : result.stdout).toBe('');
  }
  expect(runs.at(-1)?.result.stderr).toContain('tenants/delta.ts: line 1: \\u001b[31mred\\u009b\\u000d\\u2028 - ');
});

test('through npx tsx it is the same program', async () => {
  const root = await synthesized();
  const argv = [join(REPOSITORY, 'node_modules/.bin/tsx'), join(REPOSITORY, 'main.ts'), 'synth', '--check'];
  const { status, stdout } = spawnSync(process.execPath, argv, { cwd: root, env: environment(), encoding: 'utf8' });
  expect([status, stdout]).toEqual([0, expect.stringContaining('dist/ is what the registry says')]);
});

test('a reader that ends early is no mistake', async () => {
  const child = spawn(process.execPath, [...PROGRAM, 'check', '--root', await synthesized()], { env: environment() });
  child.stdout.destroy();
  let stderr = '';
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  const [code] = await once(child, 'close');
  expect([code, stderr]).toEqual([0, '']);
});

test('a full disk behind standard output is told without a stack trace', async () => {
  if (!existsSync('/dev/full')) return;
  const argv = [...PROGRAM, 'check', '--root', await synthesized()];
  const full = openSync('/dev/full', 'w');
  const { status, stderr } = spawnSync(process.execPath, argv, {
    env: environment(),
    encoding: 'utf8',
    stdio: ['ignore', full, 'pipe'],
  });
  expect([status, stderr]).toEqual([1, 'tenantry: the output cannot be written: ENOSPC\n']);
});

test('without permission to write dist/ it says so, and nothing changes', async () => {
  const root = newRegistry();
  const first = program(['synth', '--root', root]);
  expect(first.status).toBe(0);
  write(root, { 'tenants/alpha.ts': tenantFile('alpha') });
  const nobody = process.getuid?.() === 0 ? 65_534 : undefined;
  if (nobody !== undefined) {
    for (const path of ['', ...tree(root).keys()])
      if (!path.includes('lock-')) chownSync(join(root, path), nobody, nobody);
  }
  const folders = [...tree(join(root, 'dist'))].filter(([, is]) => is === 'folder').map(([path]) => path);
  for (const folder of folders) chmodSync(join(root, 'dist', folder), 0o555);
  const before = digest(join(root, 'dist'));
  const options = nobody === undefined ? {} : { uid: nobody };
  const { status, stderr } = program(['synth', '--root', root], options);
  for (const folder of folders) chmodSync(join(root, 'dist', folder), 0o755);
  expect(stderr).toMatch(/^.*dist.*: no permission to write there - .*\[E_DIST_UNWRITABLE\]\n\n1 problem/);
  expect([status, digest(join(root, 'dist'))]).toEqual([1, before]);
  expect(readdirSync(join(root, '.tenantry'))).not.toContain('journal.json');
  expect(program(['synth', '--check', '--root', root], options).stderr).toContain('[E_DIST_STALE]');
  expect(program(['synth', '--root', root], options).status).toBe(0);
});

test('a checkout that cannot be written at all can be checked', async () => {
  const root = await synthesized();
  const nobody = process.getuid?.() === 0 ? { uid: 65_534 } : {};
  chmodSync(root, 0o555);
  expect(program(['synth', '--check', '--root', root], nobody)).toMatchObject({ status: 0, stderr: '' });
  expect(program(['check', '--root', root], nobody)).toMatchObject({ status: 0, stderr: '' });
  chmodSync(root, 0o755);
});

test('the registry lies anywhere: its files find this library without an installation', () => {
  const root = join(newFolder(), "it's a folder", 'ü - $(id)');
  write(
    root,
    Object.fromEntries([...tree(newRegistry())].flatMap(([path, is]) => (is === 'folder' ? [] : [[path, is]]))),
  );
  expect(program(['synth'], { cwd: root })).toMatchObject({ status: 0, stderr: '' });
  expect(program(['synth', '--check', '--root', '.'], { cwd: root })).toMatchObject({ status: 0, stderr: '' });
});
