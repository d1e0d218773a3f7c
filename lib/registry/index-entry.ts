import type { Claim } from '../model/offer';

/** A tenant as its last synthesis left it: the committed `dist/index/<id>.json`. */
export interface IndexEntry {
  readonly id: string;
  readonly product: string;
  readonly plan: string;
  readonly state: string;
  readonly placement: string;
  readonly namespace: string;
  readonly claims: readonly Claim[];
  /** SHA-256, in hex, by path below `dist/`. */
  readonly files: Readonly<Record<string, string>>;
}

const TEXTS = ['id', 'product', 'plan', 'state', 'placement', 'namespace'] as const;

/** The text of an entry: the same for the same entry, however its maps and lists are ordered. */
export function formatIndex(entry: IndexEntry): string {
  const claims = [...entry.claims]
    .sort((a, b) => byCodeUnits(`${a.space}\u0000${a.name}`, `${b.space}\u0000${b.name}`))
    .map(({ space, name, stateful, fixed }) => ({ space, name, stateful, fixed: sorted(fixed) }));
  const texts = TEXTS.map((key) => [key, entry[key]]);
  const ordered = { ...Object.fromEntries(texts), claims, files: sorted(entry.files) };
  return `${JSON.stringify(ordered, null, 2)}\n`;
}

/** Reads an entry; null where it is damaged, so that a slip of the hand never looks like a tenant without claims. */
export function parseIndex(text: string): IndexEntry | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  return isEntry(value) ? value : null;
}

function isEntry(value: unknown): value is IndexEntry {
  if (!isRecord(value) || !TEXTS.every((key) => isText(value[key]))) return false;
  const { claims, files } = value;
  if (!Array.isArray(claims) || !claims.every(isClaim)) return false;
  return isRecord(files) && Object.values(files).every(isText);
}

/** The space may be one that this version does not know. */
function isClaim(value: unknown): value is Claim {
  if (!isRecord(value) || !isText(value.space) || !isText(value.name)) return false;
  const { stateful, fixed } = value;
  if (typeof stateful !== 'boolean' || !isRecord(fixed)) return false;
  return Object.values(fixed).every((item) => typeof item === 'string' || typeof item === 'number');
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sorted<T>(map: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => byCodeUnits(a, b)));
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
