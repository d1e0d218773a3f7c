import { join } from 'node:path';
import { parseOptions, USAGE, UsageError } from '../../lib/cli/options';
import { command, newFolder, newRegistry, runCommand } from './support';

const root = newFolder();

function parse(...argv: string[]) {
  return parseOptions([...argv, '--root', root], {});
}

test('without anything it is synth of the current folder', () => {
  expect(parseOptions([], {})).toEqual({
    command: 'synth',
    root: process.cwd(),
    check: false,
    only: undefined,
    json: false,
    base: undefined,
    credential: undefined,
    day: undefined,
    force: false,
    changedSince: undefined,
    ids: [],
    threads: undefined,
  });
});

test('--only takes one id, many, or the rest of the line', () => {
  expect(parse('synth', '--only', 'a').only).toEqual(['a']);
  expect(parse('synth', '--only', 'a', 'b', '--check', 'c').only).toEqual(['a', 'b', 'c']);
  expect(parse('synth', '--only=a', '--only', 'b').only).toEqual(['a', 'b']);
});

test('the folder is --root, else TENANTRY_ROOT, else the current one', () => {
  expect(parseOptions(['--root', root], { TENANTRY_ROOT: '/nowhere' }).root).toBe(root);
  expect(parseOptions([], { TENANTRY_ROOT: root }).root).toBe(root);
  expect(parseOptions([], { TENANTRY_ROOT: '' }).root).toBe(process.cwd());
});

test.each<[string[], string]>([
  [['snyth'], 'unknown command "snyth" - did you mean "synth"?'],
  [
    ['__proto__'],
    'unknown command "__proto__" - write "synth", "check", "records", "rotate", "due", "stacks" or "guard"',
  ],
  [['synth', 'a', 'b'], 'unexpected "a" or "b" after synth'],
  [['check', 'a'], 'unexpected "a" after check'],
  [['synth', '--chekc'], "Unknown option '--chekc'"],
  [['synth', '-x'], "Unknown option '-x'"],
  [['synth', '--check=yes'], "Option '--check' does not take an argument"],
  [['synth', '--only'], "Option '--only' argument is ambiguous"],
  [['synth', '--threads', 'two'], '--threads: expected a number, got "two"'],
  [['synth', '--threads='], '--threads: expected a number, got ""'],
  [['synth', '--threads', '1.5'], '--threads: expected a number, got "1.5"'],
  [['synth', '--base', 'main'], '--base is an option of check, not of synth'],
  [['check', '--only', 'a'], '--only is an option of synth, not of check'],
  [['check', '--check'], '--check is an option of synth, not of check'],
  [['check', '--force'], '--force is an option of rotate, not of check'],
  [['stacks', '--base', 'main'], '--base is an option of check, not of stacks'],
  [['stacks', 'acme'], 'unexpected "acme" after stacks'],
  [['guard', 'acme'], 'expected guard <stack> <plan.json>'],
  [['records', '--threads', '1'], '--threads is an option of synth, not of records'],
])('%j is refused: %s', (argv, message) => {
  const act = () => parse(...argv);
  expect(act).toThrow(UsageError);
  expect(act).toThrow(message);
});

test.each<[string, string[], Record<string, string>, string]>([
  ['--root names nothing', ['--root', join(root, 'none')], {}, '--root: there is no folder "'],
  ['--root is empty', ['--root', ''], {}, '--root: there is no folder ""'],
  ['--root is a file', ['--root', __filename], {}, '--root: there is no folder "'],
  ['--root is below a file', ['--root', join(__filename, 'x')], {}, '--root: there is no folder "'],
  ['TENANTRY_ROOT names nothing', [], { TENANTRY_ROOT: '/nowhere' }, 'TENANTRY_ROOT: there is no folder "/nowhere"'],
])('it is refused when %s', (_, argv, environment, message) => {
  expect(() => parseOptions(argv, environment)).toThrow(message);
});

describe('a wrong command line', () => {
  test.each([[['chekc']], [['synth', '--chekc']], [['synth', 'alpha']], [['records', 'delta']]])(
    '%j ends with 2, says so on standard error and changes nothing',
    async (argv) => {
      const { code, out, err } = await command(newRegistry(), ...argv);
      expect([code, out]).toEqual([2, '']);
      expect(err).toMatch(/^tenantry: /);
      expect(err).toContain(USAGE);
    },
  );

  test('is told without what a terminal would obey', async () => {
    const { err } = await runCommand(['\u001b[2J', '--root', root]);
    expect(err).toContain('unknown command "\\u001b[2J"');
    expect((await runCommand(['--\u009b2J'])).err).not.toContain('\u009b');
  });
});

test.each([[['--help']], [['-h']], [['check', '--help']]])('%j prints the usage and ends with 0', async (argv) => {
  expect(await runCommand(argv)).toEqual({ code: 0, out: USAGE, err: '' });
});
