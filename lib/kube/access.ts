import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
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

export interface IdentityParts extends Grant {
  readonly account: k8s.KubeServiceAccount;
  /** Lets shared services of the product ask for tokens of the account; null where none acts as it. */
  readonly token: Grant | null;
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
  readonly identities: Readonly<Record<string, IdentityParts>>;

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

function identityGrant(scope: Construct, space: Space, identity: ResolvedIdentity): IdentityParts {
  const { name, serviceAccount, rules, reason } = identity;
  const annotations = reason === '' ? undefined : { [REASON_ANNOTATION]: reason };
  const account = new k8s.KubeServiceAccount(scope, `account-${name}`, {
    metadata: metadata(space, serviceAccount, { wave: 'access', annotations }),
    // Mounted by the pods of the services that act as it, and by nothing else that names it.
    automountServiceAccountToken: false,
  });
  const subjects = [{ kind: 'ServiceAccount', name: serviceAccount, namespace: space.namespace }];
  const own = grant(scope, space, `identity-${name}`, rules, subjects, annotations);
  return { account, ...own, token: tokenGrant(scope, space, identity, annotations) };
}

/** Tokens of this one account and no other, each for as short a time as it is asked for. */
function tokenGrant(
  scope: Construct,
  space: Space,
  { name, serviceAccount, by }: ResolvedIdentity,
  annotations: Readonly<Record<string, string>> | undefined,
): Grant | null {
  if (by.length === 0) return null;
  const rule = {
    apiGroups: [''],
    resources: ['serviceaccounts/token'],
    resourceNames: [serviceAccount],
    verbs: ['create'],
  };
  const subjects = by.map((service) => sharedAccount(space, service));
  return grant(scope, space, `identity-${name}-token`, [rule], subjects, annotations);
}

function sharedAccount({ id, shared }: Space, service: string): k8s.Subject {
  const account = shared?.accounts[service];
  if (shared === null || account === undefined)
    throw new Error(`${id} lets the shared service ${JSON.stringify(service)} act for it, which has no account`);
  return { kind: 'ServiceAccount', name: account, namespace: shared.namespace };
}

/** Names begin with what they are for: a role and an identity of one name stay apart. */
function grant(
  scope: Construct,
  space: Space,
  name: string,
  rules: readonly k8s.PolicyRule[],
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
