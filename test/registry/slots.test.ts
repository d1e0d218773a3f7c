import fc from 'fast-check';
import type { Problem } from '../../lib/model/errors';
import type { Tenant } from '../../lib/model/resolved';
import { parseTime, slotFor, window } from '../../lib/model/schedule';
import { slotProblems } from '../../lib/registry/slots';
import { tenant } from './support';

const NIGHT = { from: '22:00', to: '06:00' };
const SPAN = window(NIGHT).window ?? { from: 0, length: 1 };

function at(id: string, minute: number, storeName = 'eu'): Tenant {
  return tenant(id, { backup: { minute, storeName } });
}

function timeOf({ fix }: Problem): number {
  const { minute } = parseTime(/'(\d\d:\d\d)'/.exec(fix)?.[1] ?? '');
  if (minute === undefined) throw new Error(`no time in ${fix}`);
  return minute;
}

describe('backups of one store', () => {
  test('may start together as many as the platform allows', () => {
    expect(slotProblems([at('a', 60), at('b', 60), at('c', 61)], { perMinute: 2, window: NIGHT })).toEqual([]);
  });

  test('are refused above that, naming the minute, who stays, and a minute that is free', () => {
    expect(slotProblems([at('c', 60), at('b', 60), at('a', 60), at('d', 61)], { perMinute: 1, window: NIGHT })).toEqual(
      [
        {
          code: 'E_BACKUP_SLOT',
          file: 'tenants/b.ts',
          path: 'backup.at',
          found: '3 backups of the store eu start at 01:00, where 1 may: those of tenants/a.ts stay',
          fix: "write backup: { at: '01:02' }",
          related: ['tenants/a.ts'],
        },
        expect.objectContaining({ file: 'tenants/c.ts', fix: "write backup: { at: '01:03' }" }),
      ],
    );
  });

  test('may start together with those of another store, of none, and of purged tenants', () => {
    const others = [at('b', 60, 'us'), tenant('c'), tenant('d', { state: 'purged', backup: { minute: 60 } })];
    expect(slotProblems([at('a', 60), ...others], { perMinute: 1, window: NIGHT })).toEqual([]);
  });

  test('of suspended tenants go on and count', () => {
    const suspended = tenant('b', { state: 'suspended', backup: { minute: 60 } });
    expect(slotProblems([at('a', 60), suspended], { perMinute: 1, window: NIGHT })).toHaveLength(1);
  });

  test('whose time was chosen give way to those that got it from their id', () => {
    const minute = slotFor('z', SPAN);
    expect(minute).not.toBe(slotFor('a', SPAN));
    const problems = slotProblems([at('a', minute), at('z', minute)], { perMinute: 1, window: NIGHT });
    expect(problems.map(({ file }) => file)).toEqual(['tenants/a.ts']);
  });

  test('are told a minute of the plan’s window, round its end', () => {
    const own = { from: '02:00', to: '02:03' };
    const given = ['a', 'b'].map((id) => tenant(id, { window: own, backup: { minute: 122 } }));
    expect(slotProblems(given, { perMinute: 1, window: NIGHT }).map(timeOf)).toEqual([120]);
  });

  test('are told so where the whole window is full', () => {
    const own = { from: '02:00', to: '02:01' };
    const given = ['a', 'b'].map((id) => tenant(id, { window: own, backup: { minute: 120 } }));
    expect(slotProblems(given, { perMinute: 1, window: NIGHT })).toMatchObject([
      { fix: 'widen the window or raise backup.perMinute of the platform' },
    ]);
  });
});

test('whoever follows every advice has nothing overfull, and the order of tenants does not matter', () => {
  const minutes = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 40 });
  fc.assert(
    fc.property(minutes, fc.integer({ min: 1, max: 4 }), (all, perMinute) => {
      const tenants = all.map((minute, i) => at(`t${i}`, minute));
      const policy = { perMinute, window: NIGHT };
      const problems = slotProblems(tenants, policy);
      const advice = new Map(problems.map((problem) => [problem.file, timeOf(problem)]));
      const moved = tenants.map((given) => at(given.id, advice.get(given.file) ?? given.backup?.minute ?? 0));
      expect(slotProblems(moved, policy)).toEqual([]);
      const excess = [0, 1, 2, 3, 4, 5].map((m) =>
        Math.max(0, all.filter((minute) => minute === m).length - perMinute),
      );
      expect(problems).toHaveLength(excess.reduce((a, b) => a + b, 0));
      expect(slotProblems([...tenants].reverse(), policy)).toEqual(problems);
    }),
  );
});
