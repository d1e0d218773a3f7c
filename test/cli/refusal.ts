import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { command, type Files, newFolder, newRegistry, succeed, tree, write } from './support';

/** A registry with its output, of which each refusal spoils a copy. */
export let right: string;

beforeAll(async () => {
  right = newRegistry();
  await succeed(right, 'synth');
});

/**
 * What every command says of a registry whose files were replaced by these. Each must end with 1, show no stack trace, and leave
 * `dist/` as it was. A place is `file path code`.
 */
export async function refusal(files: Files): Promise<{ places: string[]; text: string }> {
  const root = newFolder();
  cpSync(right, root, { recursive: true, verbatimSymlinks: true });
  write(root, files);
  const before = tree(join(root, 'dist'));
  const texts = new Set<string>();
  for (const argv of [['synth', '--only', 'beta'], ['check'], ['synth', '--check'], ['synth']]) {
    const { code, out, err } = await command(root, ...argv);
    expect([argv, code, out]).toEqual([argv, 1, '']);
    expect(err).not.toMatch(/^\s+at /m);
    expect(err).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]/);
    if (!argv.includes('--only')) texts.add(err.split('\n').slice(0, -2).join('\n'));
    expect(tree(join(root, 'dist'))).toEqual(before);
  }
  expect(texts.size).toBe(1);
  const [text = ''] = texts;
  const problems = text.split('\n').filter((line) => !line.startsWith('  see '));
  const places = problems.map((line) =>
    line.replace(/^([^ ]*\.ts|[^ :]*): (?:([^ :]+|line \d+): )?.* (\[\w+\])$/, '$1 $2 $3'),
  );
  return { places, text };
}

/** The same registry with these files, which are right. */
export async function accepted(files: Files): Promise<void> {
  await succeed(newRegistry(files), 'check');
}
