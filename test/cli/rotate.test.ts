import { chmodSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Step } from '../../lib/model/rotation';
import { commitAll } from './git';
import {
  command,
  type Files,
  newRegistry as newRegistryOf,
  parsed,
  type Result,
  smallPlatform,
  succeed,
  synthesized as synthesizedOf,
  tenantFile,
  tree,
  write,
} from './support';

// Each step is a whole synthesis.
jest.setTimeout(60_000);

const SMALL = { 'tenants/platform.ts': smallPlatform() };
const newRegistry = (files: Files = {}) => newRegistryOf({ ...SMALL, ...files });
const synthesized = (files: Files = {}) => synthesizedOf({ ...SMALL, ...files });

const DAY = '2026-11-21';

function textOf(root: string, id = 'alpha'): string {
  return readFileSync(join(root, `tenants/${id}.ts`), 'utf8');
}

/** Rotates alpha's database on a day, and returns what was said. */
function rotated(root: string, ...more: string[]): Promise<string> {
  return succeed(root, 'rotate', 'alpha', '--credential', 'database', '--on', DAY, ...more);
}

test('a rotation is one login a step, each applied before the next, until nothing is due', async () => {
  const root = await synthesized();
  const before = textOf(root);
  const said: string[] = [];
  const written: string[] = [];
  for (let step = 0; step < 5; step += 1) {
    const [first = ''] = (await rotated(root)).split('\n');
    said.push(first);
    written.push(/credentials: (.*),\n/.exec(textOf(root))?.[1] ?? '');
    await succeed(root, 'synth');
  }
  expect(said).toEqual([
    'tenants/alpha.ts: credentials.database: b gets another password: version 2, on 2026-11-21',
    'tenants/alpha.ts: credentials.database: pods go over to b',
    'tenants/alpha.ts: credentials.database: a gets another password: version 2, on 2026-11-21',
    'tenants/alpha.ts: credentials.database: backup gets another password: version 2, on 2026-11-21',
    'tenants/alpha.ts: nothing is due on 2026-11-21; credentials.database.a is due on 2027-02-20',
  ]);
  const made = "{ version: 2, on: '2026-11-21' }";
  expect(written).toEqual([
    `{ database: { b: ${made} } }`,
    `{ database: { b: ${made}, active: 'b' } }`,
    `{ database: { b: ${made}, active: 'b', a: ${made} } }`,
    `{ database: { b: ${made}, active: 'b', a: ${made}, backup: ${made} } }`,
    `{ database: { b: ${made}, active: 'b', a: ${made}, backup: ${made} } }`,
  ]);
  expect(textOf(root).replace(/ {2}credentials: .*\n/, '')).toBe(before);
});

test('what comes next is said: apply, merge, and the command to run again', async () => {
  const root = newRegistry();
  expect((await rotated(root)).split('\n').slice(1)).toEqual([
    'now: npm start, commit the file with dist/, merge, and wait until it is applied, which makes the password',
    'then: npx tenantry rotate alpha --credential database --on <that day>, by which pods go over to b',
  ]);
});

test('a step before the last one was synthesized is refused, and the file is as it was', async () => {
  const root = await synthesized();
  await rotated(root);
  const before = textOf(root);
  const { code, err } = await command(root, 'rotate', 'alpha', '--on', DAY);
  expect(code).toBe(1);
  expect(err).toMatch(/^tenants\/alpha\.ts: credentials\.database\.active: pods would go over to .*\[E_CREDENTIAL\]$/m);
  expect(err).toContain('the file is as it was');
  expect(textOf(root)).toBe(before);
  expect(readdirSync(join(root, 'tenants'))).not.toContain(expect.stringContaining('.tmp'));
});

test('two steps in one pull request are refused by check --base, though each was synthesized', async () => {
  const root = await synthesized();
  commitAll(root, 'main');
  await rotated(root);
  await succeed(root, 'synth');
  expect(await succeed(root, 'check', '--base', 'main')).toContain('nothing lost since main');
  await rotated(root);
  await succeed(root, 'synth');
  const { code, err } = await command(root, 'check', '--base', 'main');
  expect([code, err]).toEqual([1, expect.stringMatching(/credentials\.database\.active: .*\[E_CREDENTIAL\]/)]);
});

test('one that leaked is replaced though nothing is due, by the same day in each step', async () => {
  const root = await synthesized({ 'tenants/alpha.ts': tenantFile('alpha', { createdOn: "'2026-11-20'" }) });
  expect(await rotated(root)).toContain('nothing is due');
  const first = await rotated(root, '--force');
  expect(first).toContain('b gets another password');
  expect(first).toContain('rotate alpha --credential database --on 2026-11-21 --force');
  await succeed(root, 'synth');
  expect(await rotated(root, '--force')).toContain('pods go over to b');
  await succeed(root, 'synth');
  expect(await rotated(root, '--force')).toContain('a gets another password');
});

test('machines are told the step, the file and what comes next', async () => {
  const root = newRegistry();
  const result = parsed<{ ok: boolean; step: Step; file: string; next: string[] }>(
    await command(root, 'rotate', 'alpha', '--on', DAY, '--json'),
  );
  expect(result).toMatchObject({
    ok: true,
    tenant: 'alpha',
    credential: 'database',
    file: 'tenants/alpha.ts',
    path: 'credentials.database',
    step: { kind: 'raise', use: 'b', version: 2, on: DAY },
  });
  expect(result.next).toHaveLength(2);
});

test('a file that nobody but a person can edit is left alone, with what to write', async () => {
  const shared = "import { defineTenant } from './platform';\nconst more = { database: {} };\n";
  const text = tenantFile('alpha', { credentials: '{ ...more }' }).replace(/^.*\n/, shared);
  const root = newRegistry({ 'tenants/alpha.ts': text });
  const { code, err } = await command(root, 'rotate', 'alpha', '--on', DAY);
  expect(code).toBe(1);
  expect(err).toContain(
    'tenants/alpha.ts: credentials: credentials.database may come from what is spread or computed beside it - ' +
      "write by hand: credentials: { database: { b: { version: 2, on: '2026-11-21' } } } [E_FILE_EDIT]",
  );
  expect(textOf(root)).toBe(text);
});

test('an edit that says something else than was meant is undone', async () => {
  // The object is changed on its way.
  const text = tenantFile('alpha')
    .replace('defineTenant({', 'wrapped({')
    .replace('\n\n', '\n\nconst wrapped = (t: object) => defineTenant({ ...t, credentials: {} } as never);\n');
  const root = newRegistry({ 'tenants/alpha.ts': text });
  const { code, err } = await command(root, 'rotate', 'alpha', '--on', DAY);
  expect([code, err]).toEqual([1, expect.stringContaining('is not what was meant')]);
  expect(textOf(root)).toBe(text);
});

test('mistakes elsewhere neither stop it nor are laid at its door', async () => {
  const root = newRegistry({ 'tenants/delta.ts': tenantFile('delta', { plan: "'gold'" }) });
  expect(await rotated(root)).toContain('b gets another password');
});

test('a tenant that is wrong itself is told why, and is left alone', async () => {
  const root = newRegistry({ 'tenants/alpha.ts': tenantFile('alpha', { plan: "'gold'" }) });
  const before = textOf(root);
  const result = parsed<Result>(await command(root, 'rotate', 'alpha', '--on', DAY, '--json'));
  expect(result).toMatchObject({ ok: false, problems: [{ code: 'E_TENANT_UNKNOWN' }] });
  expect(textOf(root)).toBe(before);
});

test('a link is edited where it leads, and rights are kept', async () => {
  const root = newRegistry({
    'files/alpha.ts': tenantFile('alpha', {}, '../tenants/platform'),
  });
  write(root, { 'tenants/alpha.ts': null });
  symlinkSync('../files/alpha.ts', join(root, 'tenants/alpha.ts'));
  chmodSync(join(root, 'files/alpha.ts'), 0o640);
  await rotated(root);
  expect(tree(join(root, 'tenants')).get('alpha.ts')).toBe('-> ../files/alpha.ts');
  expect(readFileSync(join(root, 'files/alpha.ts'), 'utf8')).toContain('credentials:');
});

describe('what has one value only', () => {
  test('is touched where it is named and forced, since what it signed cannot be read any more', async () => {
    const root = newRegistry();
    const argv = ['rotate', 'alpha', '--on', DAY, '--credential', 'django-secret-key'];
    expect(await succeed(root, ...argv)).toContain('nothing is due');
    expect(await succeed(root, ...argv, '--force')).toContain('value gets another password: version 2');
    expect(textOf(root)).toContain(`'django-secret-key': { value: { version: 2, on: '${DAY}' } }`);
  });
});

test.each<[string[], string]>([
  [['nobody', '--on', DAY], 'there is no tenant "nobody"'],
  [['alpha', '--on', DAY, '--credential', 'databse'], 'alpha has no login "databse" - did you mean "database"?'],
  [['purged', '--on', DAY], '"purged" is purged and has no logins'],
  [['alpha'], 'rotate: expected --on <date>'],
  [['alpha', '--on', '2026-02-30'], '--on: expected a date such as 2026-11-21, got "2026-02-30"'],
  [['--on', DAY], 'expected rotate <id>'],
  [['alpha', 'beta', '--on', DAY], 'unexpected "beta" after rotate <id>'],
])('rotate %j is wrong usage: %s', async (argv, message) => {
  const root = newRegistry({ 'tenants/purged.ts': tenantFile('purged', { lifecycle: "{ state: 'purged' }" }) });
  const { code, out, err } = await command(root, 'rotate', ...argv);
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain(message);
});
