import { rowSecurityOf } from '../../lib/model/row-security';
import { unity } from '../../lib/products/unity';
import globexFile from '../../tenants/globex';
import initech from '../../tenants/initech';
import keplerData from '../../tenants/kepler-data';
import stellarSystems from '../../tenants/stellar-systems';
import umbraLabs from '../../tenants/umbra-labs';
import {
  at,
  clusterObjects,
  filesOf,
  objectsOf,
  only,
  platformOf,
  registered,
  serviceOf,
  sharedOf,
  tenantOf,
  variable,
} from './support';

/** Line by line what Unity asks for. */

const platform = platformOf(unity, { 'clusters.us-1.products': [] });
const globex = tenantOf(platform, globexFile);
const objects = objectsOf(globex);
const shared = sharedOf(platform);
const cluster = clusterObjects(platform);
const standard = tenantOf(platform, initech);
const umbra = tenantOf(platform, umbraLabs);

test.each([
  ['globex', globexFile],
  ['initech', initech],
  ['kepler-data', keplerData],
  ['stellar-systems', stellarSystems],
  ['umbra-labs', umbraLabs],
])('%s resolves and renders', (id, file) => {
  const tenant = tenantOf(platform, file);
  expect(filesOf(platform, tenant)).toContain(`kubernetes/${tenant.clusterName}/${id}/manifest.yaml`);
});

describe('quotas', () => {
  test('are of nine kinds, all of which reach the application', () => {
    expect(standard.limits).toEqual({
      ...{ kubernetesClusters: 10, plugins: 50, users: 100, apiCallsPerHour: 10_000, cpuCores: 50 },
      ...{ memoryGiB: 128, storageGiB: 500, sshKeys: 100, certificates: 50 },
    });
    expect(globex.limits).toMatchObject({
      ...{ kubernetesClusters: 10, cpuCores: 100, memoryGiB: 256, storageGiB: 1000, apiCallsPerHour: 100_000 },
    });
    const sql = standard.projection?.rows?.sql ?? '';
    expect(sql).toContain('"max_api_calls_per_hour"');
    expect(sql).toContain(', 10, 50, 100, 10000, 50, 128, 500, 100, 50)');
  });

  test('may differ for a tenant, with a reason and an end', () => {
    expect(tenantOf(platform, keplerData).projection?.rows?.sql).toContain(', 20000, ');
  });

  test('of CPU, memory, storage and claims are Kubernetes’ own too', () => {
    const hard = (name: string) => at(only(objectsOf(standard), 'ResourceQuota', name), 'spec.hard');
    expect(hard('running')).toMatchObject({ 'requests.cpu': '50', 'requests.memory': '128Gi' });
    expect(hard('objects')).toMatchObject({ 'requests.storage': '500Gi', persistentvolumeclaims: '10' });
    // A custom domain's solver comes on top.
    expect(globex.quota).toMatchObject({ cpu: 100.01, memoryGiB: 256.0625, storageGiB: 1000 });
  });
});

describe('a tenant’s namespace', () => {
  test('is tenant-<id>, and every object in it names the tenant', () => {
    expect(only(objects, 'Namespace').metadata).toMatchObject({
      name: 'tenant-globex',
      labels: { 'tenant-id': 'globex', 'managed-by': 'unity' },
    });
    for (const { metadata } of objects) expect(metadata.labels).toMatchObject({ 'tenant-id': 'globex' });
  });

  test('lets nothing to other tenants and nothing from them', () => {
    only(objects, 'NetworkPolicy', 'default-deny');
    const policies = JSON.stringify(objects.filter(({ kind }) => kind === 'NetworkPolicy'));
    const named = policies.match(/"kubernetes.io\/metadata.name":"[^"]+"/g) ?? [];
    expect(named.filter((name) => name.includes('tenant-'))).toEqual([]);
    expect(policies).not.toContain('"namespaceSelector":{}');
  });

  test('has the account unity-<id> that the backend acts as, by tokens that it asks for', () => {
    only(objects, 'ServiceAccount', 'unity-globex');
    expect(only(objects, 'RoleBinding', 'identity-operator-token')).toMatchObject({
      subjects: [{ kind: 'ServiceAccount', name: 'unity-backend', namespace: 'unity' }],
    });
    expect(only(objects, 'Role', 'identity-operator-token').rules).toEqual([
      {
        apiGroups: [''],
        resources: ['serviceaccounts/token'],
        resourceNames: ['unity-globex'],
        verbs: ['create'],
      },
    ]);
  });

  test('bounds that account: it reads no credentials and changes no rights, quotas and policies', () => {
    const rules = only(objects, 'Role', 'identity-operator').rules as readonly { readonly resources: string[] }[];
    const resources = rules.flatMap((rule) => rule.resources);
    for (const kind of ['secrets', 'pods/exec', 'roles', 'rolebindings', 'serviceaccounts', 'networkpolicies'])
      expect(resources).not.toContain(kind);
    expect(resources).not.toContain('resourcequotas');
    expect(globex.identities[0]?.reason).toMatch(/plugins/);
  });
});

describe('the database', () => {
  const rows = globex.offers.find(({ name }) => name === 'rows');

  test('is one for all tenants, with 25 tables whose rows are told apart by tenant_id', () => {
    expect(rows).toMatchObject({ kind: 'postgresql-rows', details: { of: 'database', column: 'tenant_id' } });
    const tables = rows?.details.tables as string[];
    // And the tenants themselves, which are told apart by their ids.
    expect(tables).toHaveLength(25 + 1);
    expect(tables).toContain('user_tenant_memberships');
    expect(rowSecurityOf(unity)?.tables).toContainEqual({
      ...{ table: 'tenants', column: 'id', index: 'idx_tenants_tenant' },
    });
    expect(rowSecurityOf(unity)?.tables.filter(({ column }) => column === 'tenant_id')).toHaveLength(25);
  });

  test('lets each tenant in by a login of its own, and the backend by a session setting', () => {
    expect(variable(serviceOf(globex, 'agent'), 'DATABASE_URL')).toMatch(
      /^postgresql:\/\/unity_rows_a_of_globex:<rows-a\/password>@/,
    );
    expect(rows?.details.setting).toBe('app.tenant_id');
    expect(variable(serviceOf(shared, 'backend'), 'TENANT_SESSION_SETTING')).toBe('app.tenant_id');
  });

  test('has a row of tenants for each, written under row-level security', () => {
    const { rows: projected } = globex.projection ?? {};
    expect(projected?.sql).toContain(`set_config('app.tenant_id', 'globex', true)`);
    expect(projected?.sql).toContain('INSERT INTO "tenants"');
    expect(projected?.backing.name).toBe('database');
  });

  test('is backed up for each tenant by itself', () => {
    expect(globex.backup).toMatchObject({
      repository: 's3:https://s3.eu.example/backups/eu-1/tenant-globex',
      items: [{ kind: 'dump', name: 'rows', dump: { rowSecurity: true } }],
    });
  });
});

describe('roles', () => {
  const verbs = (role: string) =>
    new Set((only(objects, 'Role', `role-${role}`).rules as { verbs: string[] }[]).flatMap((rule) => rule.verbs));

  test('are admin, member and viewer, and the viewer only reads', () => {
    expect(globex.roles.map(({ name }) => name)).toEqual(['tenant-admin', 'tenant-member', 'tenant-viewer']);
    expect(verbs('tenant-viewer')).toEqual(new Set(['get', 'list', 'watch']));
    expect(verbs('tenant-member')).toContain('delete');
    expect(verbs('tenant-admin')).toContain('patch');
  });
});

describe('the edge', () => {
  test('is one host for all tenants, at a backend of three replicas and more', () => {
    expect(shared).toMatchObject({
      namespace: 'unity',
      routes: [{ hosts: [{ host: 'api.unity.com' }], health: '/healthz/ready' }],
    });
    expect(serviceOf(shared, 'backend').replicas).toEqual({ min: 3, max: 12 });
    only(cluster, 'HorizontalPodAutoscaler', 'backend');
    expect(globex.sharedRoutes).toEqual([]);
  });

  test('has a front end for tenants that want it', () => {
    const without = tenantOf(platform, stellarSystems);
    expect(globex.routes.map(({ name }) => name)).toEqual(['console']);
    expect(without.services.map(({ name }) => name)).toEqual(['agent']);
    expect(without.routes).toEqual([]);
    expect(tenantOf(platform, keplerData).features).toEqual({ console: false });
    expect(standard.features).toEqual({ console: true });
  });

  test('limits the rate by plan', () => {
    expect(standard.rateLimit).toEqual({ requests: 50, per: 'second' });
    expect(globex.rateLimit).toEqual({ requests: 500, per: 'second' });
    only(objects, 'BackendTrafficPolicy');
  });

  test('counts calls in Redis', () => {
    expect(variable(serviceOf(shared, 'backend'), 'REDIS_URL')).toContain('<counters/password>');
  });

  test('gives each tenant a first API key and a key-encryption key, which the backend alone reads besides it', () => {
    const [kek, key] = globex.projection?.secrets ?? [];
    expect(kek).toMatchObject({ name: 'KEK', parts: [{ path: 'production/unity/globex/kek', key: 'value' }] });
    expect(key).toMatchObject({ name: 'API_KEY', parts: ['uk_globex_', { path: 'production/unity/globex/api-key' }] });
    expect(only(registered(platform, globex), 'ExternalSecret', 'tenant.globex').metadata.namespace).toBe('unity');
    expect(JSON.stringify(objects)).not.toContain('globex/kek');
  });
});

describe('the lifecycle', () => {
  test('begins with what the backend must know, the first admin among it', () => {
    expect(globex.projection?.facts).toMatchObject({
      ...{ id: 'globex', namespace: 'tenant-globex', serviceAccount: 'unity-globex', status: 'active' },
      firstAdmin: 'platform@globex.example',
    });
    expect(only(registered(platform, globex), 'ConfigMap', 'tenant.globex').metadata.namespace).toBe('unity');
  });

  test('lets a suspension reach the backend as data, and scales down what runs', () => {
    expect(umbra.projection?.facts.status).toBe('suspended');
    expect(umbra.projection?.rows?.sql).toContain(`'suspended'`);
    expect(at(only(objectsOf(umbra), 'Deployment', 'agent'), 'spec.replicas')).toBe(0);
    only(objectsOf(umbra), 'CronJob', 'backup');
  });

  test('migrates the shared database before the backend is rolled out', () => {
    expect(shared.jobs.map(({ name }) => name)).toEqual(['migrate']);
    expect(shared.jobs[0]?.script).toMatchObject({ file: 'unity.sql', backing: { name: 'database' } });
  });

  test('of the shared database’s policies is known to its dump', () => {
    expect(shared.offers.find(({ name }) => name === 'database')?.dump).toMatchObject({ rowSecurity: true });
  });
});
