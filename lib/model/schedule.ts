import { show } from './errors';
import { hash32 } from './names';

const DAY = 24 * 60;

/** A daily span in UTC. `from` is a minute of the day (0 to 1439), `length` in minutes; it may cross midnight. */
export interface Window {
  readonly from: number;
  readonly length: number;
}

/** A tenant's place in the day: `minute` is a minute of the day in UTC. */
export interface Slot {
  readonly id: string;
  readonly minute: number;
}

/** A minute with more slots than allowed; each id too many with the time to write instead, if the window has one. */
export interface Overfull {
  readonly minute: number;
  readonly at: string;
  readonly exceeding: readonly { readonly id: string; readonly free: string | undefined }[];
}

function checkMinute(minute: number): void {
  if (!Number.isInteger(minute) || minute < 0 || minute >= DAY) {
    throw new Error(`expected a minute of the day from 0 to 1439, got ${minute}`);
  }
}

/** A minute of the day, or what is wrong with the text and what to write. */
export type TimeResult =
  | { readonly minute: number; readonly problem?: undefined }
  | { readonly problem: string; readonly minute?: undefined };

/** A window, or what is wrong with it and what to write. */
export type WindowResult =
  | { readonly window: Window; readonly problem?: undefined }
  | { readonly problem: string; readonly window?: undefined };

/** Reads `HH:MM`, 00:00 to 23:59, as a minute of the day. */
export function parseTime(text: string): TimeResult {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (match !== null) return { minute: Number(match[1]) * 60 + Number(match[2]) };
  return { problem: `expected a time in UTC, got ${show(text)} - write 00:00 to 23:59, such as "02:30"` };
}

/** Writes a minute of the day as `HH:MM`. */
export function formatTime(minute: number): string {
  checkMinute(minute);
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

/** Reads a daily window; `to` is the first minute that no longer belongs to it, on the next day if not after `from`. */
export function window(span: { readonly from: string; readonly to: string }): WindowResult {
  const from = parseTime(span.from);
  const to = parseTime(span.to);
  if (from.problem !== undefined) return { problem: `from: ${from.problem}` };
  if (to.problem !== undefined) return { problem: `to: ${to.problem}` };
  if (from.minute === to.minute) {
    return { problem: `expected a window, got "${span.from}" twice - write two times, or 00:00 to 23:59 for the day` };
  }
  return { window: { from: from.minute, length: (to.minute - from.minute + DAY) % DAY } };
}

/**
 * The minute of the day that an id gets in a window. It depends on the id alone, so that nobody moves when tenants come
 * and go; use `<id>/<purpose>` where one tenant runs several things.
 */
export function slotFor(id: string, within: Window): number {
  return (within.from + (hash32(id) % within.length)) % DAY;
}

/** The weekday that an id gets, 0 (Sunday) to 6, independent of its minute. */
export function weekdayFor(id: string): number {
  return hash32(`${id} weekday`) % 7;
}

/** A cron expression for a minute of the day, daily or on one weekday (0 is Sunday). */
export function cron(minuteOfDay: number, weekday?: number): string {
  checkMinute(minuteOfDay);
  return `${minuteOfDay % 60} ${Math.floor(minuteOfDay / 60)} * * ${weekday ?? '*'}`;
}

/** A cron expression for once a week: the id's own minute in the window, on the id's own weekday. */
export function cronWeekly(id: string, within: Window): string {
  return cron(slotFor(id, within), weekdayFor(id));
}

function groupByMinute(slots: readonly Slot[]): Map<number, string[]> {
  const groups = new Map<number, string[]>();
  for (const { id, minute } of slots) {
    checkMinute(minute);
    const ids = groups.get(minute);
    if (ids === undefined) groups.set(minute, [id]);
    else ids.push(id);
  }
  return groups;
}

/** How far a minute lies after the window's start; minutes outside the window come after all of those inside. */
function offsetIn(within: Window, minute: number): number {
  return (minute - within.from + DAY) % DAY;
}

/**
 * The minutes in which more than `perMinute` slots lie. The first ids by code units stay; each other is offered the
 * nearest minute after its own that has a place left, going round within the window. Every offer takes its place, so
 * that following all of them leaves nothing overfull. Does not depend on the order of `slots`.
 */
export function overfull(slots: readonly Slot[], perMinute: number, within: Window): Overfull[] {
  if (!Number.isInteger(perMinute) || perMinute < 1) throw new Error(`expected at least 1 a minute, got ${perMinute}`);
  const groups = groupByMinute(slots);
  const used = new Map(Array.from(groups, ([minute, ids]) => [minute, ids.length]));
  const take = (after: number): string | undefined => {
    const start = Math.min(offsetIn(within, after), within.length - 1);
    for (let step = 1; step <= within.length; step += 1) {
      const minute = (within.from + ((start + step) % within.length)) % DAY;
      const count = used.get(minute) ?? 0;
      if (count >= perMinute) continue;
      used.set(minute, count + 1);
      return formatTime(minute);
    }
    return undefined;
  };
  return Array.from(groups)
    .filter(([, ids]) => ids.length > perMinute)
    .sort(([a], [b]) => offsetIn(within, a) - offsetIn(within, b))
    .map(([minute, ids]) => {
      // Array.sort without a comparator orders by code units, whatever the locale.
      const exceeding = ids.sort().slice(perMinute);
      return { minute, at: formatTime(minute), exceeding: exceeding.map((id) => ({ id, free: take(minute) })) };
    });
}
