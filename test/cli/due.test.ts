import type { Due } from '../../lib/registry/due';
import { command, newRegistry as newRegistryOf, parsed, smallPlatform, tenantFile, write } from './support';

const newRegistry = (files: Readonly<Record<string, string>>) =>
  newRegistryOf({
    'tenants/platform.ts': smallPlatform(),
    'tenants/alpha.ts': fresh('alpha'),
    'tenants/beta.ts': fresh('beta'),
    'tenants/gamma.ts': fresh('gamma'),
    ...files,
  });

/** A tenant of yesterday. */
function fresh(id: string, fields: Readonly<Record<string, string>> = {}): string {
  return tenantFile(id, { createdOn: `'2026-11-20'`, ...fields });
}

async function due(root: string, day = '2026-11-21') {
  const { code, out, err } = await command(root, 'due', '--as-of', day);
  return { code, lines: out.split('\n'), err };
}

test('nothing due is said so, and ends with 0', async () => {
  expect(await due(newRegistry({}))).toEqual({ code: 0, lines: ['nothing is due on 2026-11-21'], err: '' });
});

test('passwords past their age are listed by file and path, with the command that changes them, and end with 3', async () => {
  const root = newRegistry({
    'tenants/beta.ts': fresh('beta', {
      credentials: `{ database: { b: { version: 2, on: '2026-08-22' }, backup: { on: '2026-01-15' } } }`,
    }),
  });
  expect(await due(root)).toEqual({
    code: 3,
    lines: [
      'tenants/beta.ts: credentials.database.b: the password is older than 90 days, due since 2026-11-21 (1 day) - ' +
        'npx tenantry rotate beta --credential database --on 2026-11-21',
      'tenants/beta.ts: credentials.database.backup: the password is older than 90 days, due since 2026-04-16 (220 days) - ' +
        'npx tenantry rotate beta --credential database --on 2026-11-21',
      '2 things due on 2026-11-21',
    ],
    err: '',
  });
});

test('a password that is said to be of a day to come is due, and said so', async () => {
  const dated = (on: string) =>
    newRegistry({ 'tenants/beta.ts': fresh('beta', { credentials: `{ database: { b: { on: '${on}' } } }` }) });
  expect(await due(dated('2099-01-01'))).toEqual({
    code: 3,
    lines: [
      'tenants/beta.ts: credentials.database.b: the password is said to be of 2099-01-01, which is yet to come, so that its age is not known - ' +
        'npx tenantry rotate beta --credential database --on 2026-11-21',
      '1 thing due on 2026-11-21',
    ],
    err: '',
  });
  expect((await due(dated('2026-11-21'))).code).toBe(0);
  const ran = await command(dated('2026-11-22'), 'due', '--as-of', '2026-11-21', '--json');
  expect(parsed<{ due: Due['items'] }>(ran).due).toMatchObject([{ on: '2026-11-22', since: '2026-11-21', days: 1 }]);
});

test('the day before, one of them was not', async () => {
  const root = newRegistry({ 'tenants/beta.ts': fresh('beta', { createdOn: `'2026-08-22'` }) });
  expect((await due(root, '2026-11-20')).code).toBe(0);
  expect((await due(root, '2026-11-21')).code).toBe(3);
});

test('generated secrets have no age, and what has one value only is told apart', async () => {
  const root = newRegistry({ 'tenants/beta.ts': fresh('beta', { createdOn: `'2020-01-15'` }) });
  const { lines } = await due(root);
  expect(lines.slice(0, -1).map((line) => line.split(': ')[1])).toEqual([
    'credentials.channels.value',
    'credentials.database.a',
    'credentials.database.b',
    'credentials.database.backup',
  ]);
  expect(lines[0]).toContain('; it has one value only, so that what holds the old one fails until it restarts');
});

test('overrides are due the day after their end', async () => {
  const overrides = `{ quota: { pods: 60 }, reason: 'a finals day', until: '2026-11-20' }`;
  const root = newRegistry({ 'tenants/beta.ts': fresh('beta', { overrides }) });
  expect((await due(root, '2026-11-20')).code).toBe(0);
  const { code, lines } = await due(root);
  expect([code, lines[0]]).toEqual([
    3,
    'tenants/beta.ts: overrides.until: overrides have ended, due since 2026-11-21 (1 day) - ' +
      'remove the overrides, or write a later end with its reason',
  ]);
});

test('a purged tenant owes nothing', async () => {
  const root = newRegistry({
    'tenants/beta.ts': fresh('beta', { createdOn: `'2020-01-15'`, lifecycle: `{ state: 'purged' }` }),
  });
  expect((await due(root)).code).toBe(0);
});

test('the policy is the platform’s', async () => {
  const platform = smallPlatform().replace('environment:', 'credentials: { maxAgeDays: 10 },\n  environment:');
  const root = newRegistry({ 'tenants/beta.ts': fresh('beta', { createdOn: `'2026-11-01'` }) });
  write(root, { 'tenants/platform.ts': platform });
  expect((await due(root)).lines[0]).toContain('the password is older than 10 days, due since 2026-11-12 (10 days)');
});

test('machines are told all of it', async () => {
  const root = newRegistry({ 'tenants/beta.ts': fresh('beta', { createdOn: `'2026-01-15'` }) });
  const ran = await command(root, 'due', '--as-of', '2026-11-21', '--json');
  expect(ran.code).toBe(3);
  const found = parsed<{ ok: boolean; due: Due['items'] }>(ran);
  expect(found).toMatchObject({ ok: false, asOf: '2026-11-21', maxAgeDays: 90, undated: [] });
  expect(found.due[1]).toEqual({
    kind: 'credential',
    file: 'tenants/beta.ts',
    path: 'credentials.database.a',
    tenant: 'beta',
    credential: 'database',
    login: 'a',
    on: '2026-01-15',
    since: '2026-04-16',
    days: 220,
    rotates: true,
  });
});

test('shared services are told with the day that somebody wrote, or that nobody did', async () => {
  const root = newRegistryOf({
    'tenants/alpha.ts': fresh('alpha'),
    'tenants/beta.ts': fresh('beta', { plan: `'championship'`, placement: `'us-1'` }),
    'tenants/gamma.ts': fresh('gamma'),
  });
  const { code, err } = await due(root);
  expect(code).toBe(0);
  expect(err).toMatch(
    /^\d+ logins of shared services without a date - write on: when each was made, in tenants\/platform\.ts: /,
  );
});

test('a registry that is wrong ends with 1', async () => {
  const root = newRegistry({ 'tenants/beta.ts': fresh('beta', { plan: `'gold'` }) });
  expect((await due(root)).code).toBe(1);
});

test.each<[string[], string]>([
  [[], 'due: expected --as-of <date>'],
  [['--as-of', 'today'], '--as-of: expected a date such as 2026-11-21, got "today"'],
  [['--as-of', '2026-11-21', 'beta'], 'unexpected "beta" after due'],
  [['--on', '2026-11-21'], '--on is an option of rotate, not of due'],
])('due %j is wrong usage: %s', async (argv, message) => {
  const { code, err } = await command(newRegistry({}), 'due', ...argv);
  expect([code, err]).toEqual([2, expect.stringContaining(message)]);
});
