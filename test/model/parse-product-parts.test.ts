import { z } from 'zod';
import { generatedSecret, type Product, postgresql, redis } from '../../lib';
import { acme, productHaving, productProblems, shop, tenantProblems } from './fixture';

const fine = { requests: { cpu: 1, memoryMiB: 256 }, limits: { cpu: 1, memoryMiB: 256 } };

/** What of the product is replaced, the beginning of the problem, and a twin that is accepted. */
type Case = [string, Record<string, unknown>, string, Record<string, unknown>];

function refusesAndAccepts(cases: readonly Case[]): void {
  test.each(cases)('%s', (_, wrong, problem, right) => {
    expect(productProblems(productHaving(wrong))).toContainEqual(expect.stringContaining(problem));
    expect(productProblems(productHaving(right))).toEqual([]);
  });
}

describe('a route', () => {
  const hosts = (...templates: string[]) => ({ routes: [{ hosts: templates, paths: { '/': 'web' } }] });
  const paths = (given: object) => ({ routes: [{ hosts: ['{id}.{apex}'], paths: given }] });
  const shared = (...templates: string[]) => ({ 'shared.routes': [{ hosts: templates, paths: { '/': 'hub' } }] });
  refusesAndAccepts([
    ['leads to a service', paths({ '/': 'wbe' }), 'routes[0].paths["/"]: unknown service "wbe"', paths({ '/': 'web' })],
    ['leads to a port', paths({ '/': 'worker' }), 'routes[0].paths["/"]: the service "worker" has no port', paths({})],
    [
      'has prefixes that every controller takes',
      paths({ '/a//b': 'web' }),
      'routes[0].paths["/a//b"]: expected a path without empty and dot segments',
      paths({ '/a/b': 'web' }),
    ],
    [
      'leads from a host and path to one service',
      { routes: [...paths({ '/a': 'web' }).routes, ...paths({ '/a/': 'media' }).routes] },
      'routes[1].paths["/a/"]: "{id}.{apex}/a" is routed already',
      { routes: [...paths({ '/a': 'web' }).routes, ...paths({ '/ab': 'media' }).routes] },
    ],
    [
      'has a host for each tenant',
      hosts('www.{apex}'),
      '"www.{apex}" is the same host for every tenant',
      hosts('{id}.{apex}'),
    ],
    ['has hosts', hosts('{id}_x.{apex}'), 'routes[0].hosts[0]: expected a host name', hosts('{id}-x.{apex}')],
    ['has known placeholders', hosts('{idd}.{apex}'), 'unknown placeholder {idd}', hosts('{id}.eu.{apex}')],
    [
      'has one placeholder of many values',
      hosts('{domain}.{settings.sites.domain}'),
      'routes[0].hosts[0]: "domain" or "settings.sites.domain" in one host',
      hosts('x.{domain}', '{settings.sites.domain}'),
    ],
    [
      'follows settings that exist',
      hosts('{settings.sites.domian}'),
      'routes[0].hosts[0]: unknown setting "sites.domian"',
      hosts('{settings.sites.domain}'),
    ],
    [
      'that is shared has no tenant',
      shared('{id}.{apex}'),
      'shared.routes[0].hosts[0]: unknown placeholder {id}',
      shared('a.{apex}'),
    ],
    [
      'that is shared has hosts',
      shared('a b.{apex}'),
      'shared.routes[0].hosts[0]: expected a host name',
      shared('a-b.{apex}'),
    ],
  ]);
});

describe('a template', () => {
  refusesAndAccepts([
    ['of namespaces has the id', { 'names.namespace': 'x' }, '"x" lacks {id}', { 'names.namespace': 'x-{id}' }],
    [
      'of namespaces makes one',
      { 'names.namespace': 'X_{id}' },
      '"X_x1" can be no namespace',
      { 'names.namespace': '{id}' },
    ],
    [
      'of namespaces is known',
      { 'names.namespace': '{id}{x}' },
      'unknown placeholder {x}',
      { 'names.namespace': '{id}' },
    ],
    ['of secrets has the id', { 'names.secretPath': '{name}' }, 'lacks {id}', { 'names.secretPath': '/a/{id}/{name}' }],
    ['of secrets has the name', { 'names.secretPath': '{id}' }, 'lacks {name}', { 'names.secretPath': '{id}/{name}' }],
    [
      'of secrets makes a path',
      { 'names.secretPath': '../{id}/{name}' },
      'can be no path',
      { 'names.secretPath': '{id}-{name}' },
    ],
    [
      'of groups is known',
      { 'roles.viewer.groups': ['{tenant}'] },
      'roles.viewer.groups[0]: unknown placeholder {tenant}',
      { 'roles.viewer.groups': ['{id}:{namespace}:{product}:{role}'] },
    ],
    [
      'of groups is none of Kubernetes',
      { 'roles.viewer.groups': ['system:authenticated'] },
      '"system:authenticated" is a group of Kubernetes\' own',
      { 'roles.viewer.groups': ['operators'] },
    ],
  ]);
});

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
    ['has no identity', hub('identity', 'operator'), 'hub.identity: a shared service has no identity', {}],
    ['uses nothing of a tenant', hub('uses', ['database']), 'hub.uses: unknown backing service "database"', {}],
    [
      'calls its like',
      hub('calls', ['web']),
      'shared.services.hub.calls: unknown service "web"',
      hub('calls', ['hub']),
    ],
  ]);
});

describe('a backing service', () => {
  const backing = (...more: unknown[]) => ({ ...shop, backing: [...shop.backing, ...more] }) as Product;
  test.each<[string, unknown, string, unknown]>([
    [
      'has a name',
      redis({ name: 'My cache' }),
      'backing["My cache"]: expected lower-case letters',
      redis({ name: 'my-cache' }),
    ],
    [
      'has a name of its own',
      redis({ name: 'sessions' }),
      'backing.sessions: two backing services of one name',
      redis({ name: 's' }),
    ],
    [
      'has no service’s name',
      redis({ name: 'web' }),
      'backing.web: a backing service with the name of a service',
      redis({ name: 'w' }),
    ],
    [
      'has no job’s name',
      redis({ name: 'migrate' }),
      'backing.migrate: a backing service with the name of',
      redis({ name: 'm' }),
    ],
    [
      'has a free name',
      generatedSecret({ name: 'backup' }),
      'backing.backup: a name that every tenant',
      generatedSecret({ name: 'b' }),
    ],
    [
      'has a feature',
      redis({ name: 'a', feature: 'x' }),
      'backing.a.feature: unknown feature "x"',
      redis({ name: 'a', feature: 'search' }),
    ],
    [
      'has its options',
      generatedSecret({ name: 'a', length: 4 }),
      'backing.a.length: expected at least 16, got 4',
      generatedSecret({ name: 'a' }),
    ],
    [
      'knows its options',
      { ...postgresql({ name: 'a' }), options: { conections: 5 } },
      'backing.a.conections: unknown key "conections" - did you mean "connections"?',
      postgresql({ name: 'a', connections: 5 }),
    ],
  ])('%s', (_, wrong, problem, right) => {
    expect(productProblems(backing(wrong))).toContainEqual(expect.stringContaining(problem));
    expect(productProblems(backing(right))).toEqual([]);
  });

  test('must be right as each plan changes it, and the plan is told', () => {
    const changed = (connections: unknown) => productHaving({ 'plans.large.backing': { database: { connections } } });
    expect(productProblems(changed('5'))).toEqual([
      'plans.large.backing.database.connections: expected a number, got "5" - write 5 [E_PRODUCT_FIELD]',
    ]);
    expect(productProblems(changed(5))).toEqual([]);
  });

  test('which a plan completes need not be whole in the product', () => {
    const strict = { ...redis({ name: 'a' }), schema: z.strictObject({ size: z.int() }) };
    const lines = productProblems(backing(strict));
    expect(lines).toEqual(['backing.a.size: expected a number, got nothing - add "size" [E_PRODUCT_FIELD]']);
    const changes = ['small', 'large', 'written', 'dedicated'].map((plan) => [`plans.${plan}.backing.a`, { size: 1 }]);
    expect(productProblems(productHaving(Object.fromEntries(changes), backing(strict)))).toEqual([]);
  });
});

describe('a plan', () => {
  const large = (field: string, value: unknown) => ({ [`plans.large.${field}`]: value });
  const containers = (value: object) => large('containers', value);
  refusesAndAccepts([
    [
      'sizes services that exist',
      large('services', { wbe: {} }),
      'plans.large.services.wbe: unknown service "wbe"',
      {},
    ],
    [
      'sizes volumes that exist',
      large('services', { media: { volumes: { data: { sizeGiB: 5 } } } }),
      'plans.large.services.media.volumes.data: unknown volume "data" - write "files"',
      large('services', { media: { volumes: { files: { sizeGiB: 5 } } } }),
    ],
    [
      'lets a service with a volume run once',
      large('services', { media: { replicas: { min: 1, max: 2 } } }),
      'plans.large.services.media.replicas.max: 2 replicas share a volume',
      large('services', { media: { replicas: { min: 1, max: 1 } } }),
    ],
    [
      'has limits no lower than requests',
      large('services', { web: { resources: { ...fine, limits: { cpu: 1, memoryMiB: 128 } } } }),
      'plans.large.services.web.resources.limits.memoryMiB: 128 is below the request of 256',
      large('services', { web: { resources: fine } }),
    ],
    [
      'has features that exist',
      large('features', { x: 'included' }),
      'plans.large.features.x: unknown feature "x"',
      {},
    ],
    ['changes what there is', large('backing', { x: {} }), 'plans.large.backing.x: unknown backing service "x"', {}],
    ['bounds what is unlimited', large('quota', 'unlimited'), 'plans.large.quota: "unlimited" without a node pool', {}],
    [
      'has every limit',
      large('limits', {}),
      'plans.large.limits.users: other plans have this limit',
      large('limits', { users: 0 }),
    ],
    [
      'has limits of its own',
      large('limits', { users: 1, toString: 1 }),
      'expected a name that not every object has',
      {},
    ],
    [
      'has a window',
      large('backup', { window: { from: '02:00', to: '02:00' } }),
      'plans.large.backup.window: expected a window, got "02:00" twice',
      large('backup', { window: { from: '02:00', to: '02:01' } }),
    ],
    [
      'has bounds of containers in their order',
      containers({ min: { cpu: 1, memoryMiB: 16 }, max: { cpu: 0.5, memoryMiB: 4096 } }),
      'plans.large.containers.max.cpu: 0.5 is below min, 1 - write at least 1',
      containers({ min: { cpu: 0.1, memoryMiB: 16 }, max: { cpu: 2, memoryMiB: 4096 } }),
    ],
    [
      'has defaults within its bounds',
      containers({ default: { cpu: 4, memoryMiB: 16 }, max: { cpu: 2, memoryMiB: 4096 } }),
      'plans.large.containers.max.cpu: 2 is below default, 4',
      containers({ default: { cpu: 2, memoryMiB: 16 }, max: { cpu: 2, memoryMiB: 4096 } }),
    ],
    [
      'has quotas in steps',
      large('quota', { memoryGiB: 8.3 }),
      'expected a whole number of MiB',
      large('quota', { memoryGiB: 8.125 }),
    ],
  ]);

  test('must give what its services use', () => {
    const features = (plan: string, given: object) =>
      productProblems(productHaving({ [`plans.${plan}.features`]: given }));
    const always = (given: object) =>
      productProblems(
        productHaving({
          'services.worker.uses': ['index'],
          'plans.small.features': given,
          'plans.written.features': { search: 'included' },
        }),
      );
    expect(features('large', {})).toEqual([]);
    expect(always({})).toEqual([
      "plans.small.features: services.worker uses index, and its feature search is not to be had on this plan - write search: 'included', or feature: 'search' in services.worker [E_PRODUCT_FIELD]",
    ]);
    expect(always({ search: 'optional' })).toEqual([
      expect.stringContaining('its feature search is off unless a tenant asks'),
    ]);
    expect(always({ search: 'included' })).toEqual([]);
  });

  test('must give what the services of its features and their jobs use', () => {
    const uses = { 'services.reports.uses': ['index'], 'plans.dedicated.features': {}, 'plans.written.features': {} };
    const large = (search: string | undefined, reports: string) =>
      productProblems(productHaving({ ...uses, 'plans.large.features': { ...(search && { search }), reports } }));
    expect(large(undefined, 'optional')).toHaveLength(1);
    expect(large('optional', 'included')).toHaveLength(1);
    expect(large('optional', 'optional')).toEqual([]);
    expect(large('included', 'included')).toEqual([]);
    const ofJob = {
      'jobs.migrate.env': {
        INDEX: shop.backing[3] && { kind: 'ref', source: 'backing', name: 'index', output: 'url' },
      },
    };
    expect(productProblems(productHaving(ofJob)).map((line) => line.split(':')[0])).toEqual([
      'plans.small.features',
      'plans.written.features',
    ]);
  });
});

test('what only a tenant’s choice shows is told with the tenant', () => {
  expect(tenantProblems({ plan: 'large', features: { search: false } })).toEqual([]);
  expect(acme.plan).toBe('small');
});
