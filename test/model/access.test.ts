import fc from 'fast-check';
import { identityProblem, roleProblem } from '../../lib/model/access';
import type { PolicyRule } from '../../lib/model/product';

function rule(resources: string | string[], verbs: string | string[], apiGroups: string | string[] = ''): PolicyRule {
  return { apiGroups: [apiGroups].flat(), resources: [resources].flat(), verbs: [verbs].flat() as PolicyRule['verbs'] };
}

const GOOD = 'restarts pods that hang, as support does';

describe('roles of people', () => {
  test.each<[string, PolicyRule]>([
    ['look at what runs', rule(['pods', 'pods/log', 'services', 'configmaps', 'events'], ['get', 'list', 'watch'])],
    ['look at workloads', rule(['deployments', 'replicasets'], ['get', 'list', 'watch'], 'apps')],
    ['look at quotas', rule(['resourcequotas', 'limitranges'], ['get', 'list'])],
    [
      'look at routes and certificates',
      rule(['httproutes', 'certificates'], 'get', ['gateway.networking.k8s.io', 'cert-manager.io']),
    ],
    ['delete a pod that hangs', rule('pods', ['get', 'delete'])],
    ['evict a pod', rule('pods/eviction', 'create')],
    ['scale', rule('deployments/scale', ['get', 'patch'], 'apps')],
    ['write a ConfigMap', rule('configmaps', ['create', 'update', 'patch', 'delete'])],
  ])('may %s', (_, allowed) => {
    expect(roleProblem(allowed)).toBeNull();
  });

  test.each<[string, PolicyRule, string]>([
    ['every resource', rule('*', 'get'), '"*" grows'],
    ['every verb', rule('pods', '*'), '"*" grows'],
    ['every group', rule('pods', 'get', '*'), '"*" grows'],
    ['every scale', rule('*/scale', 'patch', 'apps'), '"*/scale" grows'],
    ['secrets', rule(['pods', 'secrets'], 'get'), 'secrets are the credentials'],
    ['a shell', rule('pods/exec', 'create'), 'pods/exec'],
    ['a shell over a websocket', rule('pods/exec', 'get'), 'pods/exec'],
    ['a console', rule('pods/attach', 'create'), 'pods/attach'],
    ['a debugger', rule('pods/ephemeralcontainers', 'patch'), 'pods/ephemeralcontainers'],
    ['a tunnel', rule('pods/portforward', 'create'), 'pods/portforward'],
    ['a way through a pod', rule('pods/proxy', 'get'), 'pods/proxy'],
    ['a way through a service', rule('services/proxy', 'get'), 'services/proxy'],
    ['tokens', rule('serviceaccounts/token', 'create'), 'serviceaccounts/token'],
    ['the namespace', rule('namespaces', 'get'), "namespaces are the platform's"],
    ['nodes', rule('nodes', 'list'), "nodes are the platform's"],
    ['a proxy of nodes', rule('nodes/proxy', 'get'), "nodes/proxy are the platform's"],
    ['roles', rule('roles', 'create', 'rbac.authorization.k8s.io'), 'rbac.authorization.k8s.io is for others'],
    ['escalation', rule('roles', 'escalate', 'rbac.authorization.k8s.io'), 'escalate gives'],
    ['binding', rule('roles', 'bind', 'rbac.authorization.k8s.io'), 'bind gives'],
    ['impersonation', rule('serviceaccounts', 'impersonate'), 'impersonate gives'],
    ['its own quota', rule('resourcequotas', 'patch'), 'resourcequotas keep tenants apart'],
    ['its own limits', rule('limitranges', 'delete'), 'limitranges keep tenants apart'],
    ['policies', rule('networkpolicies', 'create', 'networking.k8s.io'), 'networking.k8s.io is for others'],
    ['policies of a mistyped group', rule('networkpolicies', 'create'), 'networkpolicies keep tenants apart'],
    ['hosts', rule('httproutes', 'update', 'gateway.networking.k8s.io'), 'gateway.networking.k8s.io is for others'],
    ['stores', rule('externalsecrets', 'create', 'external-secrets.io'), 'external-secrets.io is for others'],
    ['services', rule('services', 'create'), 'services keep tenants apart'],
    ['accounts', rule('serviceaccounts', 'create'), 'serviceaccounts keep tenants apart'],
    ['volumes', rule('persistentvolumeclaims', 'delete'), 'persistentvolumeclaims keep tenants apart, or their data'],
    ['pods', rule('pods', ['delete', 'create']), 'reads every secret'],
    ['Deployments', rule('deployments', 'patch', 'apps'), 'reads every secret'],
    ['CronJobs', rule('cronjobs', 'update', 'batch'), 'reads every secret'],
    ['status', rule('pods/status', 'patch'), 'pods/status is written by controllers'],
  ])('may not have %s', (_, refused, why) => {
    expect(roleProblem(refused)).toContain(why);
  });

  test('one bad resource among good ones is found, in any order', () => {
    const good = ['pods', 'pods/log', 'events', 'services'];
    fc.assert(
      fc.property(fc.shuffledSubarray(good), fc.shuffledSubarray(good), (before, after) => {
        expect(roleProblem(rule([...before, 'secrets', ...after], 'list'))).not.toBeNull();
        expect(roleProblem(rule([...before, 'events', ...after], 'list'))).toBeNull();
      }),
    );
  });

  test('names that every object inherits are resources like any other', () => {
    expect(roleProblem(rule(['constructor', '__proto__'], 'get'))).toBeNull();
  });
});

describe('identities', () => {
  test.each<[string, PolicyRule]>([
    ['wildcards', rule('*', 'get')],
    ['escalation', rule('roles', 'escalate', 'rbac.authorization.k8s.io')],
    ['binding', rule('roles', 'bind', 'rbac.authorization.k8s.io')],
    ['impersonation', rule('users', 'impersonate')],
    ['all secrets by list', rule('secrets', ['get', 'list'])],
    ['all secrets by watch', rule('secrets', 'watch')],
  ])('may never have %s, whatever the reason', (_, refused) => {
    expect(identityProblem(refused, GOOD)).not.toBeNull();
  });

  test.each<[string, PolicyRule]>([
    ['a secret by its name', rule('secrets', 'get')],
    ['pods', rule('pods', ['create', 'delete'])],
    ['a shell', rule('pods/exec', 'create')],
    ['roles', rule('roles', 'create', 'rbac.authorization.k8s.io')],
    ['any write', rule('configmaps', 'update')],
  ])('may have %s with a reason and not without', (_, wide) => {
    expect(identityProblem(wide, GOOD)).toBeNull();
    expect(identityProblem(wide, '')).toContain('gives no reason of at least 20 characters');
    expect(identityProblem(wide, `because${' '.repeat(20)}`)).toContain('it is wide');
  });

  test('need no reason to look at what holds no credentials', () => {
    expect(identityProblem(rule(['pods', 'deployments'], ['get', 'list', 'watch'], ['', 'apps']), '')).toBeNull();
  });

  test('may with a reason what people may, and without one no more than people', () => {
    const verbs = fc.subarray(['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'], { minLength: 1 });
    const resources = fc.subarray(['pods', 'secrets', 'roles', 'configmaps', 'pods/exec'], { minLength: 1 });
    fc.assert(
      fc.property(resources, verbs, (wanted, how) => {
        const asked = rule(wanted, how);
        // What people may do, an identity may with a reason; what it may without one, people may too.
        if (roleProblem(asked) === null) expect(identityProblem(asked, GOOD)).toBeNull();
        if (identityProblem(asked, '') === null) expect(roleProblem(asked)).toBeNull();
      }),
    );
  });
});
