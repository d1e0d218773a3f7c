import { show } from './errors';
import { hash32 } from './names';

const DAY = 24 * 60;

/** A daily span in UTC. `from` is a minute of the day (0 to 1439), `length` in minutes; it may cross midnight. */
export interface Window {
  readonly from: number;
  readonly length: number;
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
