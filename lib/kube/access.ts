import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import type { PolicyRule } from '../model/product';
import type { ResolvedIdentity, ResolvedRole, Space } from '../model/resolved';
import { metadata } from './metadata';

/** Says why an identity has the rights that it has. */
export const REASON_ANNOTATION = 'tenantry.dev/reason';

export interface AccessProps {
  readonly space: Space;
}

/** A Role and the binding that gives it to somebody. */
export interface Grant {
  readonly role: k8s.KubeRole;
  readonly binding: k8s.KubeRoleBinding;
}

/**
 * Who may do what in the namespace: roles of the product for groups of people, and identities, which are
 * ServiceAccounts with rights. Roles are the namespace's own, since built-in ones such as `edit` grow with every operator
 * that is installed. What a rule may say is the registry's to check (`lib/model/access.ts`).
 */
export class Access extends Construct {
  /** By the name of the role. */
  readonly roles: Readonly<Record<string, Grant>>;
  /** By the name of the identity. */
  readonly identities: Readonly<Record<string, Grant & { readonly account: k8s.KubeServiceAccount }>>;

  constructor(scope: Construct, id: string, { space }: AccessProps) {
    super(scope, id);
    this.roles = Object.fromEntries(space.roles.map((role) => [role.name, roleGrant(this, space, role)]));
    this.identities = Object.fromEntries(
      space.identities.map((identity) => [identity.name, identityGrant(this, space, identity)]),
    );
  }
}

// --- internal ---

const RBAC = 'rbac.authorization.k8s.io';

function roleGrant(scope: Construct, space: Space, role: ResolvedRole): Grant {
  const subjects = role.groups.map((name) => ({ kind: 'Group', apiGroup: RBAC, name }));
  return grant(scope, space, `role-${role.name}`, role.rules, subjects);
}

function identityGrant(scope: Construct, space: Space, identity: ResolvedIdentity) {
  const { name, serviceAccount, rules, reason } = identity;
  const annotations = reason === '' ? undefined : { [REASON_ANNOTATION]: reason };
  const account = new k8s.KubeServiceAccount(scope, `account-${name}`, {
    metadata: metadata(space, serviceAccount, { wave: 'access', annotations }),
    // Mounted by the pods of the services that act as it, and by nothing else that names it.
    automountServiceAccountToken: false,
  });
  const subjects = [{ kind: 'ServiceAccount', name: serviceAccount, namespace: space.namespace }];
  return { account, ...grant(scope, space, `identity-${name}`, rules, subjects, annotations) };
}

/** Names begin with what they are for: a role and an identity of one name stay apart. */
function grant(
  scope: Construct,
  space: Space,
  name: string,
  rules: readonly PolicyRule[],
  subjects: k8s.Subject[],
  annotations?: Readonly<Record<string, string>>,
): Grant {
  const meta = metadata(space, name, { wave: 'access', annotations });
  return {
    role: new k8s.KubeRole(scope, name, { metadata: meta, rules: [...rules] }),
    binding: new k8s.KubeRoleBinding(scope, `${name}-binding`, {
      metadata: meta,
      roleRef: { apiGroup: RBAC, kind: 'Role', name },
      subjects,
    }),
  };
}
