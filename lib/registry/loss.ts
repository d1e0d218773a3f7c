import { closest, type Problem, show } from '../model/errors';
import type { Claim } from '../model/offer';
import type { TenantFacts } from '../model/resolved';
import { keyOf, spaceWord } from './claims';
import { credentialLosses } from './credentials';
import type { IndexEntry } from './index-entry';
import { fixedLosses, indexOf, type Loss, loss, onlyOther } from './loss-claims';
import { listed } from './words';

/** Absence never means deletion: what an index knows of may vanish or move in ways only that a state allows. */

/**
 * What would be lost on the way from one index to the registry as it is.
 * @param source `dist` for what is on disk, else the git ref that the index comes from
 * @param unresolved ids of tenants whose files are there and wrong in other ways; those are not lost
 */
export function lossProblems(
  before: readonly IndexEntry[],
  after: readonly TenantFacts[],
  source: string,
  unresolved: ReadonlySet<string> = new Set(),
): Problem[] {
  return tenantLosses(before, after, source, unresolved).map(({ problem }) => problem);
}

/** The same, each with what it is about. */
export function tenantLosses(
  before: readonly IndexEntry[],
  after: readonly TenantFacts[],
  source: string,
  unresolved: ReadonlySet<string>,
): Loss[] {
  const registry = new Registry(before, after);
  const where = indexOf(source);
  return before.flatMap((entry) => {
    const tenant = registry.byId.get(entry.id);
    if (tenant !== undefined) return changes(entry, tenant, where, registry);
    return unresolved.has(entry.id) ? [] : [vanished(entry, where, registry)];
  });
}

class Registry {
  readonly byId: ReadonlyMap<string, TenantFacts>;
  private readonly added: readonly TenantFacts[];
  /** Who claims a name now; made when something is missing, which is rare. */
  private holders: Map<string, TenantFacts> | undefined;

  constructor(
    before: readonly IndexEntry[],
    private readonly after: readonly TenantFacts[],
  ) {
    this.byId = new Map(after.map((tenant) => [tenant.id, tenant]));
    const known = new Set(before.map(({ id }) => id));
    this.added = after.filter(({ id }) => !known.has(id));
  }

  holderOf(claim: Claim): TenantFacts | undefined {
    this.holders ??= new Map(this.after.flatMap((tenant) => tenant.claims.map((held) => [keyOf(held), tenant])));
    return this.holders.get(keyOf(claim));
  }

  /** A new tenant that looks like a vanished one: it holds a name of it, or its id is close. */
  successorOf({ id, product, claims }: IndexEntry): TenantFacts | undefined {
    const added = this.added.filter((tenant) => tenant.product === product);
    const heirs = new Set(claims.map((claim) => this.holderOf(claim)));
    // Similar ids are looked for where few are new, as after a renaming, so that the work stays small.
    const near =
      added.length > 20
        ? undefined
        : closest(
            id,
            added.map((tenant) => tenant.id),
          );
    return added.find((tenant) => heirs.has(tenant)) ?? added.find((tenant) => tenant.id === near);
  }
}

function vanished(entry: IndexEntry, where: string, registry: Registry): Loss {
  const { id, state } = entry;
  const file = `tenants/${id}.ts`;
  const heir = registry.successorOf(entry);
  const gone =
    state === 'purged'
      ? `the tombstone of ${show(id)} is in ${where} and no longer in the registry, so that its names would be free again`
      : `${show(id)} is in ${where} (${state}) and no longer in the registry`;
  const hint = heir === undefined ? '' : `; ${heir.file} looks like it under another id, and an id never changes`;
  const keep = "keep it with lifecycle: { state: 'purged' }";
  const fix = state === 'purged' ? 'restore the file' : `restore the file, or, once its data may go, ${keep}`;
  const problem = { code: 'E_LOSS_TENANT', file, path: '', found: gone + hint, fix } as const;
  return loss(id, heir === undefined ? problem : { ...problem, related: [heir.file] });
}

/** What a tenant that is still there no longer holds, or holds in another shape. A purged one renders nothing to be lost. */
function changes(entry: IndexEntry, tenant: TenantFacts, where: string, registry: Registry): Loss[] {
  if (tenant.state === 'purged') return [];
  const held = new Map(tenant.claims.map((claim) => [keyOf(claim), claim]));
  const lost = entry.claims.filter((claim) => claim.stateful && !held.has(keyOf(claim)));
  const shrunk = entry.claims.flatMap((claim) => {
    const now = held.get(keyOf(claim));
    return now === undefined ? [] : fixedLosses(claim, now, { file: tenant.file, path: '' }, where);
  });
  const logins = credentialLosses(entry.credentials, tenant.credentials, {
    file: tenant.file,
    path: 'credentials',
    where,
    alone: ', so suspend the tenant, merge and apply that, then raise it',
    isIdle: entry.state === 'suspended' && tenant.state === 'suspended',
  });
  return [...lossesOf(lost, entry, tenant, where, registry), ...shrunk, ...logins];
}

function lossesOf(
  lost: readonly Claim[],
  entry: IndexEntry,
  tenant: TenantFacts,
  where: string,
  registry: Registry,
): Loss[] {
  const known = new Set(entry.claims.map(keyOf));
  const gained = tenant.claims.filter((claim) => !known.has(keyOf(claim)));
  const moves = lost.map((claim) => ({ claim, to: onlyOther(claim, lost, gained) }));
  const isMoved = entry.placement !== tenant.clusterName;
  // One edit, one problem: what moved along with the placement is named with it.
  const along = isMoved ? moves.filter(({ claim, to }) => to !== undefined && claim.space !== 'placement') : [];
  const rest = moves.filter((move) => !along.includes(move) && !(isMoved && move.claim.space === 'placement'));
  const problems = rest.map(({ claim, to }) => lostProblem(claim, to, tenant, where, registry.holderOf(claim)));
  if (!isMoved || lost.length === rest.length) return problems;
  return [
    movedProblem(
      entry,
      tenant,
      where,
      along.map(({ claim }) => claim),
    ),
    ...problems,
  ];
}

function movedProblem(entry: IndexEntry, tenant: TenantFacts, where: string, along: readonly Claim[]): Loss {
  const names = along.map(({ space, name }) => `the ${spaceWord(space)} ${show(name)}`);
  const data = names.length === 0 ? '' : `; left behind would be ${listed(names, 6)}`;
  return loss(entry.id, {
    code: 'E_LOSS_CLAIM',
    file: tenant.file,
    path: 'placement',
    found: `in ${where} it is placed on ${show(entry.placement)}, here on ${show(tenant.clusterName)}${data}`,
    fix:
      `write placement: ${show(entry.placement)}; to move, add a tenant with another id on ${show(tenant.clusterName)}, ` +
      'restore a backup into it, and purge this one',
  });
}

function lostProblem(
  claim: Claim,
  to: Claim | undefined,
  tenant: TenantFacts,
  where: string,
  heir?: TenantFacts,
): Loss {
  const what = `the ${spaceWord(claim.space)} ${show(claim.name)}, which holds data`;
  const now =
    heir !== undefined ? `is ${heir.file}'s now` : to !== undefined ? `would be ${show(to.name)}` : 'would be gone';
  const related = heir === undefined ? {} : { related: [heir.file] };
  const fix =
    to === undefined
      ? 'put back what was changed (product, plan, feature or service); data goes with its tenant, when it is purged'
      : 'put back what was changed; data never moves by itself: copy it into a tenant with another id, then purge this one';
  const found = `${what} in ${where}, ${now}`;
  return loss(keyOf(claim), { code: 'E_LOSS_CLAIM', file: tenant.file, path: '', found, fix, ...related });
}
