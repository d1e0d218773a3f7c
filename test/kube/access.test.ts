import { Access } from '../../lib/kube/access';
import type { ResolvedIdentity, ResolvedRole, Space } from '../../lib/model/resolved';
import { manifests, only, space } from './fixture';

const reading: ResolvedRole['rules'] = [{ apiGroups: [''], resources: ['pods', 'pods/log'], verbs: ['get', 'list'] }];
const viewer: ResolvedRole = { name: 'viewer', rules: reading, groups: ['acme:viewer', 'support'] };
const agent: ResolvedIdentity = {
  name: 'agent',
  serviceAccount: 'unity-acme',
  rules: reading,
  reason: 'shows the tenant its own pods',
  by: [],
};

function render(overrides: Partial<Space>) {
  return manifests(
    (chart) => new Access(chart, 'access', { space: space({ roles: [], identities: [], ...overrides }) }),
  );
}

test('a role is bound to its groups, in the namespace', () => {
  const all = render({ roles: [viewer] });
  expect(only(all, 'Role')).toMatchObject({
    metadata: { name: 'role-viewer', namespace: 'nekotab-acme', labels: space().labels },
    rules: reading,
  });
  expect(only(all, 'RoleBinding')).toMatchObject({
    metadata: { name: 'role-viewer', namespace: 'nekotab-acme' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'role-viewer' },
    subjects: [
      { kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'acme:viewer' },
      { kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'support' },
    ],
  });
});

test('an identity is an account with its rights, and every object of it says why', () => {
  const all = render({ identities: [agent] });
  expect(only(all, 'ServiceAccount')).toMatchObject({
    metadata: { name: 'unity-acme' },
    automountServiceAccountToken: false,
  });
  expect(only(all, 'RoleBinding')).toMatchObject({
    roleRef: { name: 'identity-agent' },
    subjects: [{ kind: 'ServiceAccount', name: 'unity-acme', namespace: 'nekotab-acme' }],
  });
  expect(all).toHaveLength(3);
  for (const { metadata } of all) {
    expect(metadata.annotations).toMatchObject({ 'tenantry.dev/reason': 'shows the tenant its own pods' });
  }
});

describe('an identity that shared services act as', () => {
  const by: ResolvedIdentity = { ...agent, by: ['portal'] };
  const shared = { namespace: 'nekotab-shared', ports: {}, callers: {}, accounts: { portal: 'unity-portal' } };

  test('lets them ask for tokens of its account and of no other', () => {
    const all = render({ identities: [by], shared });
    expect(only(all, 'Role', 'identity-agent-token')).toMatchObject({
      metadata: { namespace: 'nekotab-acme', annotations: { 'tenantry.dev/reason': 'shows the tenant its own pods' } },
      rules: [
        { apiGroups: [''], resources: ['serviceaccounts/token'], resourceNames: ['unity-acme'], verbs: ['create'] },
      ],
    });
    expect(only(all, 'RoleBinding', 'identity-agent-token')).toMatchObject({
      roleRef: { kind: 'Role', name: 'identity-agent-token' },
      subjects: [{ kind: 'ServiceAccount', name: 'unity-portal', namespace: 'nekotab-shared' }],
    });
    expect(only(all, 'RoleBinding', 'identity-agent').subjects).toHaveLength(1);
  });

  test('is refused where one of them has no account', () => {
    expect(() => render({ identities: [by], shared: { ...shared, accounts: {} } })).toThrow('"portal"');
    expect(() => render({ identities: [by] })).toThrow('"portal"');
  });
});

test('an identity without a reason has no annotation for one', () => {
  for (const { metadata } of render({ identities: [{ ...agent, reason: '' }] })) {
    expect(metadata.annotations).not.toHaveProperty('tenantry.dev/reason');
  }
});

test('a role and an identity of one name stay apart', () => {
  const all = render({ roles: [{ ...viewer, name: 'agent' }], identities: [agent] });
  const names = all.filter(({ kind }) => kind === 'Role').map(({ metadata }) => metadata.name);
  expect(names).toEqual(['role-agent', 'identity-agent']);
});

test('nothing reaches beyond the namespace', () => {
  for (const { kind } of render({ roles: [viewer], identities: [agent] })) expect(kind).not.toMatch(/^Cluster/);
});

test('each part is a member of the construct', () => {
  manifests((chart) => {
    const access = new Access(chart, 'access', { space: space({ roles: [viewer], identities: [agent] }) });
    expect(access.roles.viewer?.binding.name).toBe('role-viewer');
    expect(access.identities.agent?.account.name).toBe('unity-acme');
  });
});
