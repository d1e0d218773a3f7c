import { productHaving, productProblems } from './fixture';

const fine = { requests: { cpu: 1, memoryMiB: 256 }, limits: { cpu: 1, memoryMiB: 256 } };

/** What of the product is replaced, the beginning of the problem, and a twin that is accepted. */
type Case = [string, Record<string, unknown>, string, Record<string, unknown>];

function refusesAndAccepts(cases: readonly Case[]): void {
  test.each(cases)('%s', (_, wrong, problem, right) => {
    expect(productProblems(productHaving(wrong))).toContainEqual(expect.stringContaining(problem));
    expect(productProblems(productHaving(right))).toEqual([]);
  });
}

describe('an identity', () => {
  const account = (serviceAccount: string) => ({ 'identities.operator.serviceAccount': serviceAccount });
  const other = { rules: [{ resources: ['configmaps'], verbs: ['get'] }] };
  refusesAndAccepts([
    ...['web', 'migrate', 'database', 'backup', 'default', 'secret-reader'].map(
      (name): Case => [
        `has an account that is not that of ${name}`,
        account(name),
        `identities.operator.serviceAccount: "${name}" can be "${name}", which is the account of something else`,
        account(`${name}s`),
      ],
    ),
    [
      'has no account that a tenant’s id could make another’s',
      account('{id}'),
      '"{id}" can be "backup"',
      account('{id}-x-{id}'),
    ],
    ['has none that an id could end so', account('sign{id}'), '"sign{id}" can be "signing-key"', account('sing{id}')],
    ['has an account’s name', account('Op_{id}'), '"Op_x1" can be no account', account('op-{id}')],
    ['has a known template', account('{name}'), 'unknown placeholder {name}', account('{id}-op')],
    [
      'has an account of its own',
      { 'identities.second': { ...other, serviceAccount: 'operator-{id}' } },
      'identities.second.serviceAccount: "operator-{id}" is another identity\'s account',
      { 'identities.second': { ...other, serviceAccount: 'second-{id}' } },
    ],
    [
      'gives a reason for what is wide',
      { 'identities.operator.rules': [{ resources: ['configmaps'], verbs: ['update'] }] },
      'identities.operator.rules[0]: it is wide (it writes) and gives no reason',
      {
        'identities.operator.rules': [{ resources: ['configmaps'], verbs: ['update'] }],
        'identities.operator.reason': 'writes the list of sites that it serves',
      },
    ],
  ]);
});

describe('a role, label or job', () => {
  refusesAndAccepts([
    [
      'gives nobody credentials',
      { 'roles.viewer.rules': [{ resources: ['secrets'], verbs: ['get'] }] },
      'roles.viewer.rules[0]: secrets are the credentials of the application',
      { 'roles.viewer.rules': [{ resources: ['pods/log'], verbs: ['get'] }] },
    ],
    [
      'has a key',
      { labels: { 'a b': 'x' } },
      'labels["a b"]: expected the key of a label',
      { labels: { 'a.b/c': 'x' } },
    ],
    ...['tenant', 'app.kubernetes.io/name', 'pod-security.kubernetes.io/enforce', 'argocd.argoproj.io/instance'].map(
      (key): Case => [
        `is no label ${key}`,
        { labels: { [key]: 'x' } },
        'a key that is not the product’s to set - choose another key',
        { labels: { 'app.kubernetes.io/version': 'x', 'tenant-id': 'x', 'managed-by': 'shop' } },
      ],
    ),
    [
      'is no annotation that steers Argo CD',
      { annotations: { 'argocd.argoproj.io/sync-options': 'Prune=true' } },
      'annotations["argocd.argoproj.io/sync-options"]: a key that is not the product’s to set',
      { annotations: { plan: 'x' } },
    ],
    ['runs as a service', { 'jobs.migrate.service': 'x' }, 'jobs.migrate.service: unknown service "x"', {}],
    ['has a name of its own', { 'jobs.web': { service: 'web', command: ['x'] } }, 'jobs.web: a job with the name', {}],
    ['has a name that is free', { 'jobs.backup': { service: 'web', command: ['x'] } }, 'jobs.backup: a name that', {}],
    [
      'has limits no lower than its requests',
      { 'jobs.migrate.resources': { ...fine, limits: { cpu: 0.5, memoryMiB: 256 } } },
      'jobs.migrate.resources.limits.cpu: 0.5 is below the request of 1',
      { 'jobs.migrate.resources': fine },
    ],
  ]);
});

describe('a shared service', () => {
  const hub = (field: string, value: unknown) => ({ [`shared.services.hub.${field}`]: value });
  refusesAndAccepts([
    ['has no feature', hub('feature', 'search'), 'shared.services.hub.feature: a shared service has no feature', {}],
    ['acts as nobody in a tenant', hub('identity', 'operator'), 'hub.identity: unknown identity "operator"', {}],
    ['uses nothing of a tenant', hub('uses', ['database']), 'hub.uses: unknown backing service "database"', {}],
    [
      'calls its like',
      hub('calls', ['web']),
      'shared.services.hub.calls: unknown service "web"',
      hub('calls', ['hub']),
    ],
  ]);
});

describe('an identity of shared services', () => {
  const plain = { serviceAccount: 'hub-reader', rules: [{ resources: ['configmaps'], verbs: ['get'] }] };
  const reader = (changes: object = {}) => ({ 'shared.identities.reader': { ...plain, ...changes } });
  const rules = (resource: string, verb: string, apiGroup = '') => ({
    rules: [{ apiGroups: [apiGroup], resources: [resource], verbs: [verb] }],
  });
  const reason = 'reads what it is told of each tenant';
  const at = 'shared.identities.reader';
  refusesAndAccepts([
    [
      'gives a reason for what is wide',
      reader(rules('configmaps', 'update')),
      `${at}.rules[0]: it is wide (it writes) and gives no reason`,
      reader({ ...rules('configmaps', 'update'), reason }),
    ],
    [
      'gives a reason for credentials',
      reader(rules('secrets', 'get')),
      `${at}.rules[0]: it is wide (secrets are the credentials`,
      reader({ ...rules('secrets', 'get'), reason }),
    ],
    [
      'gives a reason for commands in pods',
      reader(rules('pods/exec', 'get')),
      `${at}.rules[0]: it is wide (pods/exec runs commands`,
      reader(rules('pods/log', 'get')),
    ],
    [
      'lists no secrets, whatever the reason',
      reader({ ...rules('secrets', 'list'), reason }),
      `${at}.rules[0]: list and watch of secrets give every credential`,
      reader({ ...rules('configmaps', 'list'), reason }),
    ],
    [
      'has no wildcards, whatever the reason',
      reader({ ...rules('*', 'get', '*'), reason }),
      `${at}.rules[0]: "*" grows with every kind`,
      reader({ ...rules('configmaps', 'get'), reason }),
    ],
    ['has an account’s name', reader({ serviceAccount: 'Not Valid!' }), '"Not Valid!" can be no account', reader()],
    [
      'has an account that is no longer than a label',
      reader({ serviceAccount: 'x'.repeat(64) }),
      'is too long for an account - write at most 63 characters',
      reader({ serviceAccount: 'x'.repeat(63) }),
    ],
    [
      'knows no tenant',
      reader({ serviceAccount: 'hub-{id}' }),
      `${at}.serviceAccount: unknown placeholder {id}`,
      reader({ serviceAccount: 'hub-id' }),
    ],
    [
      'has an account of its own',
      { ...reader(), 'shared.identities.second': plain },
      'shared.identities.second.serviceAccount: "hub-reader" is another identity\'s account',
      { ...reader(), 'shared.identities.second': { ...plain, serviceAccount: 'hub-second' } },
    ],
    ...['hub', 'seed', 'projection', 'default'].map(
      (name): Case => [
        `has an account that is not that of ${name}`,
        { ...reader({ serviceAccount: name }), 'shared.jobs.seed': { service: 'hub', command: ['x'] } },
        `${at}.serviceAccount: "${name}" can be "${name}", which is the account of something else`,
        // A service of tenants is in other namespaces.
        reader({ serviceAccount: 'web' }),
      ],
    ),
  ]);
});
