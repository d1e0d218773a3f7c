import { createHash } from 'node:crypto';

/**
 * A short name for plain data: the first hexadecimal characters of its SHA-256. Keys are sorted first, so that two
 * ways of writing the same object have one digest.
 * @param length in characters; 10 are 40 bits, enough to tell versions of one object apart
 */
export function digest(data: unknown, length: number): string {
  const canonical = JSON.stringify(data, (_, value: unknown) => (isRecord(value) ? sorted(value) : value));
  return createHash('sha256').update(canonical).digest('hex').slice(0, length);
}

// --- internal ---

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sorted(record: Record<string, unknown>): [string, unknown][] {
  return Object.entries(record)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
