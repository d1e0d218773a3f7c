import type { Problem } from '../model/errors';
import type { PlatformData } from '../model/platform';
import type { TenantFacts } from '../model/resolved';
import { formatTime, slotFor, type Window, window } from '../model/schedule';
import { listed } from './words';

const DAY = 24 * 60;

/** A backup's place in the day of its store. */
interface Slot {
  readonly tenant: TenantFacts;
  readonly minute: number;
  readonly window: Window;
  /** The time is the tenant's own choice, not that of its id. */
  readonly isChosen: boolean;
}

/**
 * Backups of one store that start in a minute which is full. Those whose time was chosen give way to those that got it from
 * their id, later ids to earlier ones; each is told a minute of its window that is free, so that following all of them
 * leaves nothing overfull.
 */
export function slotProblems(
  tenants: readonly TenantFacts[],
  { perMinute, window: usual }: Pick<PlatformData['backup'], 'perMinute' | 'window'>,
): Problem[] {
  const stores = new Map<string, Slot[][]>();
  for (const tenant of tenants) {
    const { backup } = tenant;
    if (backup === null || tenant.state === 'purged') continue;
    const minutes = stores.get(backup.storeName) ?? Array.from({ length: DAY }, (): Slot[] => []);
    stores.set(backup.storeName, minutes);
    minutes[backup.minute]?.push(slotOf(tenant, backup, usual));
  }
  return Array.from(stores).flatMap(([store, minutes]) => {
    const used = minutes.map(({ length }) => length);
    return minutes.flatMap((slots, minute) => {
      const [kept, excess] = split(slots, perMinute);
      const full = `${slots.length} backups of the store ${store} start at ${formatTime(minute)}, where ${perMinute} may`;
      return excess.map((slot) => problem(slot, full, kept, takeFree(slot, perMinute, used)));
    });
  });
}

function slotOf(
  tenant: TenantFacts,
  { minute }: NonNullable<TenantFacts['backup']>,
  usual: PlatformData['backup']['window'],
): Slot {
  const own = window(tenant.plan.backup.window ?? usual).window ?? { from: 0, length: DAY };
  return { tenant, minute, window: own, isChosen: minute !== slotFor(tenant.id, own) };
}

/** Those who may stay in their minute, and those who have to leave it. */
function split(slots: readonly Slot[], perMinute: number): [kept: Slot[], excess: Slot[]] {
  if (slots.length <= perMinute) return [[...slots], []];
  const key = ({ isChosen, tenant }: Slot) => `${isChosen ? 1 : 0}${tenant.id}`;
  const sorted = [...slots].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  return [sorted.slice(0, perMinute), sorted.slice(perMinute)];
}

function problem({ tenant }: Slot, full: string, kept: readonly Slot[], free: string | undefined): Problem {
  const files = kept.map((slot) => slot.tenant.file);
  return {
    code: 'E_BACKUP_SLOT',
    file: tenant.file,
    path: 'backup.at',
    found: `${full}: those of ${listed(files)} stay`,
    fix:
      free === undefined
        ? 'widen the window or raise backup.perMinute of the platform'
        : `write backup: { at: '${free}' }`,
    related: files,
  };
}

/** The next free minute of the window after the slot's own, which is then taken. */
function takeFree({ minute, window: own }: Slot, perMinute: number, used: number[]): string | undefined {
  const start = Math.min((minute - own.from + DAY) % DAY, own.length - 1);
  for (let step = 1; step <= own.length; step += 1) {
    const candidate = (own.from + ((start + step) % own.length)) % DAY;
    const count = used[candidate] ?? 0;
    if (count >= perMinute) continue;
    used[candidate] = count + 1;
    return formatTime(candidate);
  }
  return undefined;
}
