import { type Problem, show } from '../model/errors';
import { isUnder } from '../model/hosts';
import type { TenantFacts } from '../model/resolved';
import { whyReserved } from './reserved';
import { listed } from './words';

/** What the platform knows of hosts; all of them in canonical form. */
export interface PlatformHosts {
  /** Zones below which products give hosts to their tenants. */
  readonly apexes: readonly { readonly product: string; readonly apex: string }[];
  /** Hosts of shared services and of the platform itself. */
  readonly sharedHosts: readonly { readonly host: string; readonly owner: string }[];
}

/** A host that a tenant holds; `base` is it without the wildcard. */
interface Held {
  readonly tenant: TenantFacts;
  readonly host: string;
  readonly base: string;
  readonly isCustom: boolean;
  /** Path in the tenant's file that it comes from. */
  readonly origin: string;
}

/**
 * Hosts that collide with, or lie under, one that somebody else owns. Walks up from each host label by label, so that the
 * work grows with the number of hosts and not with its square.
 */
export function hostProblems(tenants: readonly TenantFacts[], platform: PlatformHosts): Problem[] {
  const all = tenants.flatMap(hostsOf);
  const index = new HostIndex(all, platform);
  return [...index.shared(), ...all.flatMap((held) => index.takenFromPlatform(held) ?? index.nested(held) ?? [])];
}

/** The hosts of a tenant's routes and those that it claims without one; each once. */
function hostsOf(tenant: TenantFacts): Held[] {
  const hosts = new Map<string, Pick<Held, 'isCustom' | 'origin'>>();
  for (const route of [...tenant.routes, ...tenant.sharedRoutes])
    for (const { host, kind, origin } of route.hosts)
      hosts.set(host, { isCustom: kind === 'custom', origin: origin ?? hosts.get(host)?.origin ?? 'id' });
  for (const { space, name } of tenant.claims)
    if (space === 'host' && !hosts.has(name)) hosts.set(name, { isCustom: true, origin: 'domains' });
  return Array.from(hosts, ([host, rest]) => ({ tenant, host, base: host.replace(/^\*\./, ''), ...rest }));
}

class HostIndex {
  private readonly byHost: ReadonlyMap<string, readonly Held[]>;
  /** Custom domains by their name without wildcard. */
  private readonly custom: ReadonlyMap<string, readonly Held[]>;
  private readonly apexes: ReadonlyMap<string, string>;
  private readonly sharedHosts: ReadonlyMap<string, string>;
  private readonly apexOf: ReadonlyMap<string, string>;

  constructor(all: readonly Held[], platform: PlatformHosts) {
    this.byHost = group(all, ({ host }) => host);
    this.custom = group(
      all.filter(({ isCustom }) => isCustom),
      ({ base }) => base,
    );
    this.apexes = new Map(platform.apexes.map(({ apex, product }) => [apex, product]));
    this.apexOf = new Map(platform.apexes.map(({ apex, product }) => [product, apex]));
    this.sharedHosts = new Map(platform.sharedHosts.map(({ host, owner }) => [host, owner]));
  }

  /** Hosts that several tenants hold, each named once with all of its holders. */
  *shared(): Generator<Problem> {
    for (const [host, holders] of this.byHost) {
      const [last, ...others] = newestFirst(holders);
      const foreign = others.reverse().filter(({ tenant }) => tenant.id !== last?.tenant.id);
      if (last === undefined || foreign.length === 0) continue;
      const files = foreign.map(({ tenant }) => tenant.file);
      yield problem(last, `${show(host)} is a host of ${listed(files)} too`, foreign);
    }
  }

  /** A host that is the platform's, or lies where only the platform gives hosts. */
  takenFromPlatform(held: Held): Problem | undefined {
    const { host, base, isCustom } = held;
    const isOwn = this.isOwnZone(held);
    // A product may let its tenants choose a label.
    const reserved = isCustom || isOwn ? undefined : whyReserved(base.split('.', 1)[0] ?? '');
    if (reserved !== undefined) return problem(held, `${show(host)} ${reserved}`);
    for (const name of namesAbove(base, true)) {
      if (name !== base && (isOwn || !isCustom)) break;
      const product = this.apexes.get(name);
      const owner = this.sharedHosts.get(name);
      if (product === undefined && owner === undefined) continue;
      const what = owner === undefined ? `the domain of ${product}` : `${show(name)}, a host of ${owner}`;
      return problem(held, `${show(host)} ${name === host ? 'is' : 'lies under'} ${what}`);
    }
    if (base === host || !isCustom) return undefined;
    // A wildcard takes what lies below it, too; there are few of them, and few hosts of the platform.
    const covered = [...this.apexes.keys(), ...this.sharedHosts.keys()].find((name) => name.endsWith(`.${base}`));
    return covered === undefined
      ? undefined
      : problem(held, `${show(host)} covers ${show(covered)}, which is the platform's`);
  }

  /** Below `<id>.<apex>` a product may give its tenant as many hosts as it likes. */
  private isOwnZone({ tenant, base }: Held): boolean {
    const apex = this.apexOf.get(tenant.product);
    return apex !== undefined && isUnder(base, `${tenant.id}.${apex}`);
  }

  /** A host that another tenant's wildcard matches, or whose domain another tenant owns. */
  nested(held: Held): Problem | undefined {
    const isForeign = ({ tenant, host }: Held) => tenant.id !== held.tenant.id && host !== held.host;
    for (const name of namesAbove(held.base, held.base !== held.host)) {
      const wildcards = name === held.base ? [] : (this.byHost.get(`*.${name}`) ?? []);
      const owners = held.isCustom ? (this.custom.get(name) ?? []) : [];
      const above = [...wildcards, ...owners].find(isForeign);
      if (above === undefined) continue;
      const found = `${show(held.host)} of ${held.tenant.file} lies under ${show(above.host)} of ${above.tenant.file}`;
      const [last, other] = newestFirst([held, above]) as [Held, Held];
      return problem(last, found, [other]);
    }
    return undefined;
  }
}

/** The domains that a host lies in, nearest first: `b.example` and `example` for `a.b.example`. */
function* namesAbove(host: string, withItself: boolean): Generator<string> {
  if (withItself) yield host;
  for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) yield host.slice(dot + 1);
}

function group(all: readonly Held[], keyOf: (held: Held) => string): Map<string, Held[]> {
  const groups = new Map<string, Held[]>();
  for (const held of all) {
    const key = keyOf(held);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [held]);
    else known.push(held);
  }
  return groups;
}

function newestFirst(holders: readonly Held[]): Held[] {
  return [...holders].sort((a, b) => (a.tenant.file < b.tenant.file ? 1 : -1));
}

function problem({ tenant, origin }: Held, found: string, others: readonly Held[] = []): Problem {
  const related = [...new Set(others.map((other) => other.tenant.file))];
  return {
    code: 'E_HOST',
    file: tenant.file,
    path: origin,
    found,
    fix: origin === 'id' ? 'choose another id' : 'write a domain that nobody else has a part of',
    ...(related.length === 0 ? {} : { related }),
  };
}
