import type { LoginUse, ResolvedCredential } from '../model/credentials';
import { addDays, daysBetween } from '../model/days';
import { formatPath } from '../model/explain';
import type { Offer } from '../model/offer';
import type { PlatformModel } from '../model/parse-platform';
import { sharedCredentials } from '../model/resolve-credentials';
import { dueOn, isDue, takesTurns } from '../model/rotation';
import type { Registry } from './registry';

/** What time has made due. Which day it is, is given: no rule and no synthesis knows. */

export interface DueItem {
  readonly kind: 'credential' | 'override';
  readonly file: string;
  readonly path: string;
  /** Null for the platform's own shared services. */
  readonly tenant: string | null;
  /** Name of the backing service; null for an override. */
  readonly credential: string | null;
  readonly login: LoginUse | null;
  /** The day that somebody wrote, or that the tenant was made; null for an override. */
  readonly on: string | null;
  /** First day that it was due. */
  readonly since: string;
  readonly days: number;
  /** Whether `rotate` changes it without a break. */
  readonly rotates: boolean;
}

export interface Due {
  /** Sorted by file and path. */
  readonly items: readonly DueItem[];
  /** Paths in the platform of logins that nobody has written a date of. */
  readonly undated: readonly string[];
}

/** Kinds of backing services whose values are no passwords: what they signed or encrypted cannot be read with others. */
export const AGELESS: ReadonlySet<string> = new Set(['secret']);

/** @param platform that of the registry, which is right */
export function dueItems({ inputs, tenants, whole }: Registry, platform: PlatformModel, asOf: string): Due {
  const { maxAgeDays } = platform.credentials;
  const items: DueItem[] = [];
  const undated: string[] = [];
  const at = { asOf, maxAgeDays };
  for (const tenant of tenants) {
    if (tenant.state === 'purged') continue;
    const { file, id } = tenant;
    const until = untilOf(inputs.get(file));
    if (until !== null && daysBetween(until, asOf) > 0) items.push(override(file, id, until, asOf));
    const { offers, credentials } = whole(tenant);
    const place = { file, tenant: id, prefix: 'credentials' };
    items.push(...logins(credentials, offers, place, at).items);
  }
  for (const [clusterName, spaces] of platform.shared) {
    for (const space of spaces.values()) {
      const { product, offers } = space;
      const credentials = sharedCredentials(platform, space);
      const prefix = formatPath('clusters', [clusterName, 'credentials', product]);
      const found = logins(credentials, offers, { file: platform.file, tenant: null, prefix }, at);
      items.push(...found.items);
      undated.push(...found.undated);
    }
  }
  const key = ({ file, path }: DueItem) => `${file}\u0000${path}`;
  items.sort((a, b) => (key(a) < key(b) ? -1 : 1));
  return { items, undated: undated.sort() };
}

// --- internal ---

interface LoginPlace {
  readonly file: string;
  readonly tenant: string | null;
  readonly prefix: string;
}

function logins(
  credentials: Readonly<Record<string, ResolvedCredential>>,
  offers: readonly Offer[],
  { file, tenant, prefix }: LoginPlace,
  { asOf, maxAgeDays }: { readonly asOf: string; readonly maxAgeDays: number },
): Due {
  const ageless = new Set(offers.filter(({ kind }) => AGELESS.has(kind)).map(({ name }) => name));
  const items: DueItem[] = [];
  const undated: string[] = [];
  for (const [name, credential] of Object.entries(credentials)) {
    if (ageless.has(name)) continue;
    for (const [use, login] of Object.entries(credential.logins) as [LoginUse, { version: number; on: string }][]) {
      const path = formatPath(prefix, [name, use]);
      if (login.on === '') undated.push(path);
      else if (isDue(login, asOf, maxAgeDays)) {
        const rotates = tenant !== null && (use === 'backup' || takesTurns(credential));
        const { on } = login;
        // What is said to be of a later day has no age to count from.
        const since = on > asOf ? asOf : dueOn(login, maxAgeDays);
        const days = daysBetween(since, asOf) + 1;
        items.push({ kind: 'credential', file, path, tenant, credential: name, login: use, on, since, days, rotates });
      }
    }
  }
  return { items, undated };
}

function override(file: string, tenant: string, until: string, asOf: string): DueItem {
  const since = addDays(until, 1);
  const days = daysBetween(since, asOf) + 1;
  const none = { credential: null, login: null, on: null, rotates: false };
  return { kind: 'override', file, path: 'overrides.until', tenant, since, days, ...none };
}

/** The end of a tenant's overrides, which its schema has seen already. */
function untilOf(input: unknown): string | null {
  const { overrides } = (input ?? {}) as { readonly overrides?: { readonly until?: unknown } | null };
  return typeof overrides?.until === 'string' ? overrides.until : null;
}
