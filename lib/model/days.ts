/** Dates such as `2026-11-21`, reckoned with as given: nothing here knows which day it is. */

const DAY = 86_400_000;

/** Days from one date to another; negative where the other is earlier. */
export function daysBetween(from: string, to: string): number {
  return Math.round((dayOf(to) - dayOf(from)) / DAY);
}

/** The date so many days later. */
export function addDays(date: string, days: number): string {
  return new Date(dayOf(date) + days * DAY).toISOString().slice(0, 10);
}

// --- internal ---

function dayOf(date: string): number {
  return Date.parse(`${date}T00:00:00Z`);
}
