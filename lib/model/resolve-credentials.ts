import type { Credential, LoginUse, ResolvedCredential, ResolvedLogin } from './credentials';
import { LOGIN_USES } from './credentials';
import { show, suggest } from './errors';
import { formatPath } from './explain';
import type { Offer } from './offer';
import type { PlatformData } from './platform';
import type { Report } from './report';
import type { Space } from './resolved';

/** What is known of each login of a tenant: for the index, which tells what a change would cut off, and for what is due. */

export interface CredentialsContext {
  /** Backing services of the product, whether or not their features are on. */
  readonly known: readonly string[];
  readonly createdOn: string;
  readonly report: Report;
}

/** Reports names that are no backing service's: what is written for them would do nothing. */
export function checkNames(
  written: Readonly<Record<string, unknown>>,
  known: readonly string[],
  path: string,
  report: Report,
): void {
  for (const name of Object.keys(written)) {
    if (known.includes(name)) continue;
    const fix = known.length === 0 ? 'remove it' : suggest(name, known);
    report('E_TENANT_UNKNOWN', formatPath(path, [name]), `there are no credentials of ${show(name)}`, fix);
  }
}

/** By the name of the backing service. What the tenant's file says of logins that there are none of is reported. */
export function resolveCredentials(
  written: Readonly<Record<string, Credential>>,
  offers: readonly Offer[],
  { known, createdOn, report }: CredentialsContext,
): Record<string, ResolvedCredential> {
  checkNames(written, known, 'credentials', report);
  const resolved: Record<string, ResolvedCredential> = {};
  for (const { name, secrets } of offers) {
    const made = secrets.filter(({ origin }) => origin === 'generated');
    const credential = Object.hasOwn(written, name) ? written[name] : undefined;
    const logins: Partial<Record<LoginUse, ResolvedLogin>> = {};
    for (const { use = 'value', version = 1 } of made) {
      logins[use] = { version, on: credential?.[use].on ?? createdOn };
    }
    if (credential !== undefined) checkLogins(name, credential, logins, report);
    if (made.length === 0) continue;
    const first = logins.a === undefined ? 'value' : 'a';
    resolved[name] = { active: logins.b === undefined ? first : (credential?.active ?? 'a'), logins };
  }
  return resolved;
}

/** The same for what a product's shared services have on a cluster. Nobody has written a day: then there is none, `''`. */
export function sharedCredentials(
  { clusters }: Pick<PlatformData, 'clusters'>,
  { clusterName, product, offers }: Pick<Space, 'clusterName' | 'product' | 'offers'>,
): Record<string, ResolvedCredential> {
  const written = clusters[clusterName]?.credentials[product] ?? {};
  return resolveCredentials(written, offers, { known: Object.keys(written), createdOn: '', report: () => {} });
}

/** Connections that a tenant's logins may hold, by server. */
export function connectionsOf(offers: readonly Offer[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { server, connections = 0 } of offers) {
    if (server !== null && connections > 0) sums[server] = (sums[server] ?? 0) + connections;
  }
  return sums;
}

// --- internal ---

function checkLogins(
  name: string,
  credential: Credential,
  logins: Readonly<Partial<Record<LoginUse, ResolvedLogin>>>,
  report: Report,
): void {
  const path = formatPath('credentials', [name]);
  const has = Object.keys(logins);
  const known = has.length === 0 ? 'it has none that is made here' : `it has ${has.join(', ')}`;
  for (const use of LOGIN_USES) {
    const { version, on } = credential[use];
    if (logins[use] !== undefined || (version === 1 && on === null)) continue;
    report('E_TENANT_UNKNOWN', `${path}.${use}`, `${show(name)} has no login ${show(use)}: ${known}`, 'remove it');
  }
  if (credential.active === 'b' && logins.b === undefined) {
    const found = `${show(name)} has no second login: ${known}`;
    report('E_TENANT_UNKNOWN', `${path}.active`, found, 'remove it; its password cannot change without a break');
  }
}
