import { type Problem, show } from '../model/errors';
import type { Claim, ClaimSpace } from '../model/offer';
import type { TenantFacts } from '../model/resolved';
import { listed } from './words';

/** A name that the platform itself holds, such as the namespace of a product's shared services. */
export interface PlatformClaim {
  readonly space: ClaimSpace;
  readonly name: string;
  /** What holds it, as the end of "is taken by". */
  readonly owner: string;
}

/** Spaces with rules of their own: ids by `idProblems`, hosts by `hostProblems`. */
const ELSEWHERE: ReadonlySet<ClaimSpace> = new Set<ClaimSpace>(['id', 'host']);

const WORDS: Readonly<Record<ClaimSpace, string>> = {
  id: 'id',
  namespace: 'namespace',
  host: 'host',
  placement: 'placement',
  volume: 'volume',
  'postgresql-database': 'PostgreSQL database',
  'postgresql-role': 'PostgreSQL role',
  'mysql-database': 'MySQL database',
  'mysql-user': 'MySQL user',
  'redis-prefix': 'Redis prefix',
  bucket: 'bucket',
  's3-user': 'S3 user',
  vhost: 'vhost',
  'rabbitmq-user': 'RabbitMQ user',
  'rabbitmq-exchange': 'RabbitMQ exchange',
  'rabbitmq-queue': 'RabbitMQ queue',
  'oauth-client': 'OAuth client',
  'oauth-group': 'group of the identity provider',
  group: 'group',
  'secret-path': 'secret path',
  'backup-repository': 'backup repository',
  'state-key': 'state of Terraform',
  argocd: 'Argo CD application',
  setting: 'setting',
};

/** What a space is called in a sentence; an index of a later version may hold one that is not known here. */
export function spaceWord(space: string): string {
  return Object.hasOwn(WORDS, space) ? WORDS[space as ClaimSpace] : space;
}

/**
 * Names that two tenants claim in one space, or a tenant and the platform. Purged tenants count: they reserve their names.
 * Tenants of one id are told apart by that first, since every name of theirs would clash.
 */
export function claimProblems(tenants: readonly TenantFacts[], platform: readonly PlatformClaim[] = []): Problem[] {
  const holders = new Map<string, { readonly claim: Claim; readonly tenants: TenantFacts[] }>();
  for (const tenant of tenants) {
    for (const claim of tenant.claims) {
      if (ELSEWHERE.has(claim.space)) continue;
      const key = keyOf(claim);
      const known = holders.get(key);
      if (known === undefined) holders.set(key, { claim, tenants: [tenant] });
      else if (known.tenants.every(({ id }) => id !== tenant.id)) known.tenants.push(tenant);
    }
  }
  const clashes = Array.from(holders.values()).filter((held) => held.tenants.length > 1);
  const taken = platform.flatMap((own) => {
    const held = holders.get(keyOf(own));
    return held === undefined ? [] : held.tenants.map((tenant) => takenProblem(held.claim, tenant, own.owner));
  });
  return [...clashes.map((clash) => clashProblem(clash.claim, clash.tenants)), ...taken];
}

/** Space and name in one text; neither holds what separates them. */
export function keyOf(claim: { readonly space: string; readonly name: string }): string {
  return `${claim.space}\u0000${claim.name}`;
}

function clashProblem(claim: Claim, tenants: readonly TenantFacts[]): Problem {
  const sorted = [...tenants].sort((a, b) => (a.file < b.file ? 1 : -1));
  const [last, ...others] = sorted as [TenantFacts, ...TenantFacts[]];
  others.reverse();
  const names = others.map(({ file, state }) =>
    state === 'purged' ? `${file}, which is purged and reserves it` : file,
  );
  return {
    code: 'E_CLAIM',
    file: last.file,
    path: pathOf(claim, last),
    found: `the ${spaceWord(claim.space)} ${show(claim.name)} is claimed by ${last.file} and by ${listed(names)}`,
    fix: fixOf(claim),
    related: others.map(({ file }) => file),
  };
}

function takenProblem(claim: Claim, tenant: TenantFacts, owner: string): Problem {
  const found = `the ${spaceWord(claim.space)} ${show(claim.name)} is taken by ${owner}`;
  return { code: 'E_CLAIM', file: tenant.file, path: pathOf(claim, tenant), found, fix: fixOf(claim) };
}

/** Settings are written in the tenant file, and named `product.path=value`; every other name follows from the id. */
function pathOf({ space, name }: Claim, { product }: TenantFacts): string {
  return space === 'setting' ? `settings${name.slice(product.length, name.indexOf('='))}` : 'id';
}

function fixOf({ space }: Claim): string {
  if (space === 'setting') return 'write another value in one of them';
  return 'choose another id for the newer one; names are compared after they are folded and cut';
}
