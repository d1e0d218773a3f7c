import { expand, placeholders } from './names';
import type { Offer } from './offer';
import type { ProductModel } from './parse-product';
import type { ResolvedRole } from './resolved';

/** Who of the identity provider may do what in a tenant's namespace. */

/** What templates of groups know, besides the role. */
interface Names {
  readonly id: string;
  readonly namespace: string;
  readonly product: string;
}

export function resolveRoles({ roles }: Pick<ProductModel, 'roles'>, names: Names): ResolvedRole[] {
  return Object.entries(roles).map(([role, { rules, groups }]) => ({
    name: role,
    rules,
    groups: groups.map((group) => expand(group, { ...names, role })),
  }));
}

/**
 * Groups that are named after the tenant, each once, of roles and of OAuth clients. Another tenant's must differ, or its people would
 * come in here: `{id}-viewer` of acme is `{id}` of acme-viewer.
 */
export function groupsOfTenant(
  { roles }: Pick<ProductModel, 'roles'>,
  names: Names,
  offers: readonly Offer[],
): string[] {
  const ofRoles = Object.entries(roles).flatMap(([role, { groups }]) =>
    groups.filter(isOfOne).map((group) => expand(group, { ...names, role })),
  );
  // Their templates all have the id.
  const ofClients = offers.flatMap(({ kind, details }) => (kind === 'oauth-client' ? texts(details.groups) : []));
  return [...new Set([...ofRoles, ...ofClients])];
}

// --- internal ---

function isOfOne(template: string): boolean {
  return placeholders(template).some((name) => name === 'id' || name === 'namespace');
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
