import type { ResolvedCredential } from '../../lib/model/credentials';
import { addDays, daysBetween } from '../../lib/model/days';
import { afterStep, dueOn, isDue, nextStep, type RotationContext, type Step } from '../../lib/model/rotation';

const OLD = '2026-01-15';
const DAY = '2026-11-21';
const WHEN: RotationContext = { on: DAY, maxAgeDays: 90, force: false, suspended: false };

function credential(logins: Readonly<Record<string, string>>, active: 'a' | 'b' | 'value' = 'a'): ResolvedCredential {
  const all = Object.entries(logins).map(([use, on]) => [use, { version: 1, on }]);
  return { active, logins: Object.fromEntries(all) };
}

/** Every step there is, each after the one before. */
function steps(from: ResolvedCredential, context = WHEN): string[] {
  const step = nextStep(from, context);
  if (step === null) return [];
  if (step.kind === 'blocked') return ['blocked'];
  const told = step.kind === 'flip' ? `active ${step.active}` : `${step.use} ${step.version}`;
  return [told, ...steps(afterStep(from, step), context)];
}

test('days are counted over months, leap days and years', () => {
  expect(daysBetween('2028-02-28', '2028-03-01')).toBe(2);
  expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
  expect(daysBetween('2026-03-01', '2026-02-28')).toBe(-1);
});

test('a password is due the day after it reached its age', () => {
  const login = { version: 1, on: '2026-01-01' };
  expect(dueOn(login, 90)).toBe('2026-04-02');
  expect(isDue(login, '2026-04-01', 90)).toBe(false);
  expect(isDue(login, '2026-04-02', 90)).toBe(true);
});

test('a password that is said to be of a later day is due, since its age is not known', () => {
  const login = { version: 1, on: '2099-01-01' };
  expect(isDue(login, DAY, 90)).toBe(true);
  expect(isDue(login, '2099-01-01', 90)).toBe(false);
});

describe('a rotation', () => {
  test('raises the resting login, goes over to it, raises the other, and at last that of backups', () => {
    expect(steps(credential({ a: OLD, b: OLD, backup: OLD }))).toEqual(['b 2', 'active b', 'a 2', 'backup 2']);
  });

  test('goes the other way round where pods use b', () => {
    expect(steps(credential({ a: OLD, b: OLD }, 'b'))).toEqual(['a 2', 'active a', 'b 2']);
  });

  test('goes on where it was left', () => {
    expect(steps(credential({ a: OLD, b: DAY }))).toEqual(['active b', 'a 2']);
    expect(steps(credential({ a: OLD, b: DAY }, 'b'))).toEqual(['a 2']);
  });

  test('ends where nothing is due', () => {
    expect(steps(credential({ a: DAY, b: DAY, backup: DAY }))).toEqual([]);
  });

  test('touches one login in each step', () => {
    const before = credential({ a: OLD, b: OLD, backup: OLD });
    const step = nextStep(before, WHEN) as Step;
    expect(afterStep(before, step)).toEqual({
      active: 'a',
      logins: { ...before.logins, b: { version: 2, on: DAY } },
    });
  });

  test('of one that leaked replaces every login that was made before that day, and ends', () => {
    const young = credential({ a: '2026-11-01', b: '2026-11-20', backup: '2026-11-20' });
    expect(steps(young)).toEqual([]);
    expect(steps(young, { ...WHEN, force: true })).toEqual(['b 2', 'active b', 'a 2', 'backup 2']);
  });

  test('replaces what is said to be of a later day, and ends', () => {
    const future = credential({ a: '2099-01-01', b: DAY, backup: '2099-01-01' });
    expect(steps(future)).toEqual(['active b', 'a 2', 'backup 2']);
    expect(steps(future, { ...WHEN, force: true })).toEqual(['active b', 'a 2', 'backup 2']);
  });

  test('of an only login waits until no pods run', () => {
    expect(steps(credential({ a: OLD, backup: OLD }))).toEqual(['blocked']);
    expect(steps(credential({ a: OLD, backup: OLD }), { ...WHEN, suspended: true })).toEqual(['a 2', 'backup 2']);
  });

  test('of what has one value only makes another', () => {
    expect(steps(credential({ value: OLD }, 'value'))).toEqual(['value 2']);
  });
});
