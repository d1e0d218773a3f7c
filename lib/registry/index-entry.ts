import type { LoginUse, ResolvedCredential } from '../model/credentials';
import type { Claim } from '../model/offer';

/** How often a login's password was made, and when last. */
export interface IndexLogin {
  readonly version: number;
  /** Null where nobody has written a day. */
  readonly on: string | null;
}

/** Which login of a backing service pods use, and what is known of each. */
export interface IndexCredential {
  readonly active: LoginUse;
  readonly logins: Readonly<Partial<Record<LoginUse, IndexLogin>>>;
}

/** A tenant as its last synthesis left it: the committed `dist/index/<id>.json`. */
export interface IndexEntry {
  readonly id: string;
  readonly product: string;
  readonly plan: string;
  readonly state: string;
  readonly placement: string;
  readonly namespace: string;
  readonly claims: readonly Claim[];
  /** By the name of the backing service. Entries of earlier versions have none. */
  readonly credentials?: Readonly<Record<string, IndexCredential>>;
  /** SHA-256, in hex, by path below `dist/`. */
  readonly files: Readonly<Record<string, string>>;
}

/** A product's shared services on one cluster: the committed `dist/index/_shared/<id>.json`, where the id is `<cluster>.<product>`. */
export type SharedEntry = Pick<IndexEntry, 'id' | 'product' | 'placement' | 'namespace' | 'claims' | 'credentials'>;

const TEXTS = ['id', 'product', 'plan', 'state', 'placement', 'namespace'] as const;
const SHARED_TEXTS = ['id', 'product', 'placement', 'namespace'] as const;

/** What an index keeps of logins. */
export function indexCredentials(
  credentials: Readonly<Record<string, ResolvedCredential>>,
): Record<string, IndexCredential> {
  const kept = (logins: ResolvedCredential['logins']) =>
    Object.fromEntries(
      Object.entries(logins).map(([use, { version, on }]) => [use, { version, on: on === '' ? null : on }]),
    );
  return Object.fromEntries(
    Object.entries(credentials).map(([name, { active, logins }]) => [name, { active, logins: kept(logins) }]),
  );
}

/** The text of an entry: the same for the same entry, however its maps and lists are ordered. */
export function formatIndex(entry: IndexEntry): string {
  const { claims, files } = entry;
  return format({ ...pick(entry, TEXTS), claims: ordered(claims), ...credentialsOf(entry), files: sorted(files) });
}

/** The same for shared services. */
export function formatShared(entry: SharedEntry): string {
  return format({ ...pick(entry, SHARED_TEXTS), claims: ordered(entry.claims), ...credentialsOf(entry) });
}

/** Reads an entry; null where it is damaged, so that a slip of the hand never looks like a tenant without claims. */
export function parseIndex(text: string): IndexEntry | null {
  const value = parse(text);
  return isEntry(value) ? value : null;
}

/** The same for shared services. */
export function parseShared(text: string): SharedEntry | null {
  const value = parse(text);
  return isHolding(value, SHARED_TEXTS) ? (value as unknown as SharedEntry) : null;
}

// --- internal ---

function format(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`.replace(HIDDEN, escaped);
}

/** What JSON lets stand as it is, while readers of lines, editors and terminals don't: controls, separators, marks of direction. */
const HIDDEN = /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function pick<T, K extends keyof T>(entry: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.map((key) => [key, entry[key]])) as Pick<T, K>;
}

function ordered(claims: readonly Claim[]): Claim[] {
  return [...claims]
    .sort((a, b) => byCodeUnits(`${a.space}\u0000${a.name}`, `${b.space}\u0000${b.name}`))
    .map(({ space, name, stateful, fixed }) => ({ space, name, stateful, fixed: sorted(fixed) }));
}

/** Nothing where there are none, as in what earlier versions wrote. */
function credentialsOf({ credentials }: Pick<IndexEntry, 'credentials'>): { readonly credentials?: unknown } {
  if (credentials === undefined) return {};
  const plain = Object.entries(credentials).map(([name, { active, logins }]): [string, unknown] => {
    const each = Object.entries(logins).map(([use, { version, on }]): [string, IndexLogin] => [use, { version, on }]);
    return [name, { active, logins: sorted(Object.fromEntries(each)) }];
  });
  return { credentials: sorted(Object.fromEntries(plain)) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isEntry(value: unknown): value is IndexEntry {
  if (!isHolding(value, TEXTS)) return false;
  const { files } = value;
  return isRecord(files) && Object.values(files).every(isText);
}

function isHolding(value: unknown, texts: readonly string[]): value is Readonly<Record<string, unknown>> {
  if (!isRecord(value) || !texts.every((key) => isText(value[key]))) return false;
  const { claims, credentials = {} } = value;
  if (!isRecord(credentials) || !Object.values(credentials).every(isCredential)) return false;
  return Array.isArray(claims) && claims.every(isClaim);
}

/** The space may be one that this version does not know. */
function isClaim(value: unknown): value is Claim {
  if (!isRecord(value) || !isText(value.space) || !isText(value.name)) return false;
  const { stateful, fixed } = value;
  if (typeof stateful !== 'boolean' || !isRecord(fixed)) return false;
  return Object.values(fixed).every((item) => typeof item === 'string' || typeof item === 'number');
}

/** Its logins may be ones that this version does not know. */
function isCredential(value: unknown): value is IndexCredential {
  if (!isRecord(value) || !isText(value.active) || !isRecord(value.logins)) return false;
  return Object.values(value.logins).every(isLogin);
}

function isLogin(value: unknown): value is IndexLogin {
  return isRecord(value) && Number.isSafeInteger(value.version) && (value.on === null || isText(value.on));
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
