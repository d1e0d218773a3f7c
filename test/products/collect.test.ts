import { collect } from '../../lib/products/collect';
import abcFile from '../../tenants/abc';
import atelierVerre from '../../tenants/atelier-verre';
import desertCeramics from '../../tenants/desert-ceramics';
import maisonLumiere from '../../tenants/maison-lumiere';
import northwindOutfitters from '../../tenants/northwind-outfitters';
import sakuraStationery from '../../tenants/sakura-stationery';
import {
  at,
  clusterObjects,
  containerOf,
  filesOf,
  objectsOf,
  only,
  platformOf,
  problemsOf,
  registered,
  serviceOf,
  sharedOf,
  tenantOf,
  variable,
} from './support';

/** Line by line what Collect & Verything asks for. */

const home = 'e-commerce-shared';
const host = (name: string) => `${name}.${home}.svc.cluster.local`;

/** Servers of one region, all in the shared namespace. */
function servers(at: string, region: string) {
  const server = (engine: string, name: string, port: number, more: object = {}) => ({
    ...{ engine, version: '8.4', region, host: host(name), port, ...more },
    peer: { namespace: home, podLabels: { 'app.kubernetes.io/name': name } },
  });
  return {
    [`servers.mysql-${at}`]: server('mysql', 'mysql', 3306),
    [`servers.rabbitmq-${at}`]: server('rabbitmq', 'rabbitmq', 5672, {
      cluster: { name: 'rabbitmq', namespace: home },
    }),
    [`servers.minio-${at}`]: server('s3', 'minio', 443),
  };
}

/** What a cluster has for Collect. */
function cluster(name: string, at: string) {
  return {
    [`clusters.${name}.servers`]: { mysql: `mysql-${at}`, rabbitmq: `rabbitmq-${at}`, s3: `minio-${at}` },
    [`clusters.${name}.operators`]: ['rabbitmq-topology'],
    [`clusters.${name}.routing.solver`]: { cpu: 0.1, memoryMiB: 128 },
    [`clusters.${name}.endpoints.traces`]: {
      url: `http://${host('jaeger-collector')}:4318`,
      peer: { namespace: home, podLabels: { 'app.kubernetes.io/name': 'jaeger-collector' } },
      port: 4318,
    },
  };
}

const platform = platformOf(collect, {
  'regions.east': { jurisdiction: 'apac' },
  'clusters.ap-1': {
    region: 'east',
    podCidrs: ['10.192.0.0/12'],
    serviceCidrs: ['10.224.0.0/16'],
    storageClass: 'fast',
    routing: {
      kind: 'ingress',
      controller: 'ingress-nginx',
      className: 'nginx',
      peers: [{ namespace: 'ingress-nginx', podLabels: { 'app.kubernetes.io/name': 'ingress-nginx' } }],
      issuer: 'letsencrypt-prod',
      addresses: ['203.0.113.80'],
    },
    secretStore: {
      kind: 'aws-secrets-manager',
      region: 'ap-northeast-1',
      roleArn: 'arn:aws:iam::123456789012:role/{namespace}',
    },
    backupStore: 'store-ap',
  },
  'backupStores.store-ap': {
    region: 'east',
    repository: 's3:https://s3.ap.example/backups',
    peer: { cidr: '203.0.113.32/28' },
  },
  ...servers('eu', 'north'),
  ...servers('us', 'south'),
  ...servers('ap', 'east'),
  ...cluster('eu-1', 'eu'),
  ...cluster('us-1', 'us'),
  ...cluster('ap-1', 'ap'),
});

const abc = tenantOf(platform, abcFile);
const objects = objectsOf(abc);
const names = ['gateway', 'websites', 'auth', 'products', 'orders', 'sav', 'newsletters'];
const stateful = names.slice(1);

const policy = (name: string) => JSON.stringify(only(objects, 'NetworkPolicy', name).spec);

test.each([
  ['abc', abcFile],
  ['atelier-verre', atelierVerre],
  ['desert-ceramics', desertCeramics],
  ['maison-lumiere', maisonLumiere],
  ['northwind-outfitters', northwindOutfitters],
  ['sakura-stationery', sakuraStationery],
])('%s resolves and renders', (id, file) => {
  const tenant = tenantOf(platform, file);
  expect(filesOf(platform, tenant)).toContain(`kubernetes/${tenant.clusterName}/${id}/manifest.yaml`);
});

describe('sites', () => {
  test('are reached by the client’s host and by their own domains, all at the gateway', () => {
    expect(abc.routes).toMatchObject([
      {
        hosts: [
          { host: 'client-abc.collectverything.com', kind: 'platform' },
          { host: 'shop.client-abc.com', kind: 'custom' },
          { host: 'outlet.client-abc.com', kind: 'custom' },
        ],
        paths: [{ path: '/', service: 'gateway', port: 8100 }],
      },
    ]);
  });

  test('tell every service their ids', () => {
    for (const name of names) expect(variable(serviceOf(abc, name), 'WEBSITES')).toContain('{"websiteId":1002');
  });

  test('are as many as the tier allows', () => {
    const sites = [1, 2, 3, 4].map((n) => ({ websiteId: n, domain: `s${n}.client-abc.com` }));
    expect(problemsOf(platform, abcFile, { settings: { sites } }).join()).toMatch(/sites/);
    expect(problemsOf(platform, abcFile, { settings: { sites: sites.slice(1) } })).toEqual([]);
  });

  test('have ids and domains that are claimed over all clients', () => {
    const claimed = abc.claims.filter(({ space }) => space === 'setting').map(({ name }) => name);
    expect(claimed).toHaveLength(6);
    const twice = { sites: [7, 7].map((websiteId, n) => ({ websiteId, domain: `s${n}.client-abc.com` })) };
    expect(problemsOf(platform, abcFile, { settings: twice })).toHaveLength(1);
  });

  test('are rows of the websites table that the shared services read', () => {
    expect(abc.projection?.rows?.sql.match(/INSERT INTO `websites`/g)).toHaveLength(3);
    expect(abc.projection?.rows?.sql).toContain('VALUES (1001, ');
    expect(abc.projection?.rows?.backing.name).toBe('directory-db');
    const shared = registered(platform, abc).filter(({ metadata }) => metadata.namespace === 'e-commerce-directory');
    expect(shared.map(({ kind }) => kind)).toEqual(['NetworkPolicy', 'ConfigMap', 'Job']);
    expect(sharedOf(platform).services.map(({ name }) => name)).toEqual(['directory']);
    expect(only(clusterObjects(platform), 'Deployment', 'directory').metadata.namespace).toBe('e-commerce-directory');
  });
});

describe('namespaces', () => {
  test('are e-commerce-client-<id>, with the labels and annotations of billing', () => {
    expect(only(objects, 'Namespace').metadata).toMatchObject({
      name: 'e-commerce-client-abc',
      labels: {
        ...{ tenant: 'abc', tier: 'premium', environment: 'production', 'managed-by': 'tenantry' },
        ...{ 'cost-center': 'CC-ABC-001', 'billing-id': 'bill-abc-001', department: 'e-commerce' },
      },
      annotations: {
        ...{ domain: 'client-abc.collectverything.com', 'subscription-tier': 'premium' },
        ...{ 'created-date': '2026-01-15', 'billing-id': 'bill-abc-001' },
      },
    });
  });
});

describe('services', () => {
  test('are seven, each with a Deployment, a Service and a HorizontalPodAutoscaler', () => {
    expect(abc.services.map(({ name }) => name)).toEqual(names);
    for (const name of names) {
      only(objects, 'Deployment', name);
      only(objects, 'Service', name);
      const metrics = at(only(objects, 'HorizontalPodAutoscaler', name), 'spec.metrics') as object[];
      expect(metrics.map((metric) => at(metric, 'resource.target.averageUtilization'))).toEqual([70, 80]);
    }
    expect(containerOf(objects, 'gateway')).toMatchObject({ ports: [{ containerPort: 8100 }] });
  });

  test('have a database each, where they keep something, and its secret by five variables', () => {
    const databases = abc.offers.filter(({ kind }) => kind === 'mysql');
    expect(databases.map(({ outputs }) => outputs.database?.[0])).toEqual(
      stateful.map((name) => `client_abc_${name}_db`),
    );
    const auth = serviceOf(abc, 'auth');
    expect(variable(auth, 'DB_HOST')).toBe('mysql.e-commerce-shared.svc.cluster.local');
    expect(variable(auth, 'DB_PORT')).toBe('3306');
    expect(variable(auth, 'DB_DATABASE')).toBe('client_abc_auth_db');
    expect(variable(auth, 'DB_USERNAME')).toBe('client_abc_auth_user_a');
    expect(variable(auth, 'DB_PASSWORD')).toBe('<auth-db-a/password>');
    expect(serviceOf(abc, 'gateway').uses).toEqual([]);
    for (const name of stateful) expect(serviceOf(abc, name).uses).toContain(`${name}-db`);
  });

  test('begin with auth, which the gateway asks', () => {
    const wave = (name: string) =>
      Number(only(objects, 'Deployment', name).metadata.annotations?.['argocd.argoproj.io/sync-wave']);
    expect(wave('gateway')).toBeGreaterThan(wave('auth'));
  });

  test('have connections for a rollout at maximum replicas', () => {
    for (const file of [abcFile, desertCeramics, maisonLumiere]) {
      const tenant = tenantOf(platform, file);
      for (const { kind, name, details } of tenant.offers) {
        if (kind !== 'mysql') continue;
        const service = serviceOf(tenant, name.replace(/-db$/, ''));
        const pods = service.replicas.max + 2 * service.surge;
        expect(details.connections).toBeGreaterThanOrEqual(pods * Number(variable(service, 'DB_POOL_MAX')) + 1);
      }
    }
  });
});

describe('logins', () => {
  test('are changed over by the client’s file alone, in what services read and nowhere else', () => {
    const active = 'b';
    const after = tenantOf(platform, abcFile, { credentials: { 'auth-db': { active }, storage: { active } } });
    const changed = objectsOf(after);
    expect(variable(serviceOf(after, 'auth'), 'DB_USERNAME')).toBe('client_abc_auth_user_b');
    expect(variable(serviceOf(after, 'auth'), 'DB_PASSWORD')).toBe('<auth-db-b/password>');
    const paths = (all: typeof objects, name: string) =>
      (at(only(all, 'ExternalSecret', name), 'spec.data') as object[]).map((entry) => at(entry, 'remoteRef.key'));
    expect(paths(objects, 'auth-secrets')).toContain('e-commerce/client-abc/auth-db-a');
    expect(paths(changed, 'auth-secrets')).toEqual(
      paths(objects, 'auth-secrets').map((path) => String(path).replace('auth-db-a', 'auth-db-b')),
    );
    expect(paths(changed, 'orders-secrets')).toEqual(paths(objects, 'orders-secrets'));
    expect(after.claims).toEqual(abc.claims);
    expect(after.offers.map(({ secrets }) => secrets)).toEqual(abc.offers.map(({ secrets }) => secrets));
  });
});

describe('storage and messages', () => {
  test('are buckets by use, and users of them who take turns', () => {
    const storage = abc.offers.find(({ name }) => name === 'storage');
    expect(storage?.outputs).toMatchObject({
      products: ['client-abc-products'],
      sav: ['client-abc-sav'],
      newsletters: ['client-abc-newsletters'],
      accessKeyId: ['client-abc-app-a'],
    });
    expect(variable(serviceOf(abc, 'sav'), 'S3_BUCKET')).toBe('client-abc-sav');
  });

  test('are a virtual host with its own credentials, exchange and queues', () => {
    expect(only(objects, 'Vhost').spec).toMatchObject({ name: '/client-abc' });
    expect(only(objects, 'Exchange').spec).toMatchObject({ name: 'client-abc.events', type: 'topic' });
    const queues = objects.filter(({ kind }) => kind === 'Queue').map((queue) => at(queue, 'spec.name'));
    expect(queues).toEqual(['client-abc.auth', 'client-abc.orders']);
    expect(variable(serviceOf(abc, 'orders'), 'RABBITMQ_VHOST')).toBe('/client-abc');
    expect(variable(serviceOf(abc, 'orders'), 'RABBITMQ_PASSWORD')).toBe('<events/password>');
  });
});

describe('the network', () => {
  test('is closed both ways but for DNS', () => {
    expect(only(objects, 'NetworkPolicy', 'default-deny').spec).toEqual({
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
    });
    for (const protocol of ['UDP', 'TCP']) expect(policy('dns')).toContain(`"port":53,"protocol":"${protocol}"`);
  });

  test('lets the ingress controller to the gateway alone', () => {
    expect(policy('gateway')).toContain('"kubernetes.io/metadata.name":"edge"');
    for (const name of stateful) expect(policy(name)).not.toContain('"edge"');
  });

  test('leads from stateful services to MySQL, RabbitMQ and the collector of traces in the shared namespace', () => {
    for (const name of stateful)
      for (const port of [3306, 5672, 4318]) expect(policy(name)).toContain(`"port":${port}`);
    for (const port of [3306, 5672]) expect(policy('gateway')).not.toContain(`"port":${port}`);
    for (const name of ['products', 'sav', 'newsletters']) expect(policy(name)).toContain('"minio"');
    expect(policy('auth')).not.toContain('"minio"');
  });

  test('leads to the payment gateway over 443 from the services that pay, with the reason', () => {
    const paying = abc.services.filter(({ egress }) => egress.length > 0);
    expect(paying.map(({ name }) => name)).toEqual(['orders', 'sav']);
    expect(paying[0]?.egress).toMatchObject([{ to: 'internet', ports: [443], reason: expect.stringContaining('pay') }]);
    for (const name of names) expect(policy(name).includes('"0.0.0.0/0"')).toBe(['orders', 'sav'].includes(name));
  });

  test('leads to no other client', () => {
    const all = JSON.stringify(objects.filter(({ kind }) => kind === 'NetworkPolicy'));
    expect(new Set(all.match(/e-commerce-client-[a-z-]+/g))).toEqual(new Set(['e-commerce-client-abc']));
  });
});

describe('compute', () => {
  test.each([
    ['standard', desertCeramics, [2, 3], 2, 4],
    ['premium', abcFile, [3, 6], 6, 12],
    ['business', maisonLumiere, [6, 15], 12, 24],
  ] as const)('of %s is what its pods request at minimum replicas', (tier, file, [min, max], cpu, memoryGiB) => {
    const tenant = tenantOf(platform, file);
    expect(tenant.planName).toBe(tier);
    for (const { replicas } of tenant.services) expect(replicas).toEqual({ min, max });
    const sum = (of: 'cpu' | 'memoryMiB') =>
      tenant.services.reduce((total, each) => total + each.resources.requests[of] * each.replicas.min, 0);
    expect(sum('cpu')).toBeCloseTo(cpu, 6);
    expect(sum('memoryMiB') / 1024).toBe(memoryGiB);
    expect(tenant.quota).toMatchObject({ persistentVolumeClaims: 10, loadBalancers: 1 });
    expect(tenant.quota.cpu).toBeGreaterThan(cpu);
    expect(tenant.limits).toMatchObject({ cpuCores: cpu, memoryGiB });
  });

  test('of standard fits into 50 pods', () => {
    expect(tenantOf(platform, desertCeramics).quota.pods).toBe(50);
  });

  test('of one container lies between the bounds of the LimitRange', () => {
    expect(at(only(objects, 'LimitRange'), 'spec.limits.0')).toMatchObject({
      max: { cpu: '2', memory: '4Gi' },
      min: { cpu: '100m', memory: '128Mi' },
      default: { cpu: '500m', memory: '512Mi' },
      defaultRequest: { cpu: '250m', memory: '256Mi' },
    });
  });

  test('bounds what a client is billed for: premium has 150 GB and 3 sites for 124.99 EUR', () => {
    expect(abc.plan.price).toEqual({ currency: 'EUR', perMonth: 124.99 });
    expect(abc.limits).toMatchObject({ sites: 3, storageGiB: 150 });
    expect(abc.quota.storageGiB).toBe(150);
  });
});

describe('routes', () => {
  test('are an Ingress of the class nginx where the cluster has that, with certificates of letsencrypt-prod', () => {
    const all = objectsOf(tenantOf(platform, sakuraStationery));
    const ingresses = all.filter(({ kind }) => kind === 'Ingress');
    expect(new Set(ingresses.map((each) => at(each, 'spec.ingressClassName')))).toEqual(new Set(['nginx']));
    expect(
      at(
        all.find(({ kind }) => kind === 'Certificate'),
        'spec.issuerRef.name',
      ),
    ).toBe('letsencrypt-prod');
  });
});

describe('secrets and access', () => {
  test('come by the External Secrets Operator from the client’s own path', () => {
    const paths = abc.offers.flatMap(({ secrets }) => secrets.map(({ path }) => path));
    expect(paths).toContain('/e-commerce/client-abc/auth-db-a');
    expect(paths.every((path) => path.startsWith('/e-commerce/client-abc/'))).toBe(true);
    const sakura = objectsOf(tenantOf(platform, sakuraStationery));
    expect(JSON.stringify(only(sakura, 'SecretStore').spec)).toContain('"SecretsManager"');
    expect(JSON.stringify(only(sakura, 'ExternalSecret', 'auth-secrets').spec)).toContain(
      '"/e-commerce/client-sakura-stationery/auth-db-a"',
    );
    expect(objects.filter(({ kind }) => kind === 'Secret')).toEqual([]);
  });

  test('let client admins read six kinds of objects in their namespace, and write none', () => {
    const role = only(objects, 'Role', 'role-client-admin');
    const rules = role.rules as readonly { readonly resources: string[]; readonly verbs: string[] }[];
    expect(rules.flatMap(({ resources }) => resources)).toEqual([
      ...['pods', 'pods/log', 'services', 'configmaps', 'deployments', 'replicasets'],
    ]);
    for (const { verbs } of rules) expect(verbs).toEqual(['get', 'list', 'watch']);
  });

  test('give pods accounts of their own without a token', () => {
    for (const name of names) {
      expect(at(only(objects, 'Deployment', name), 'spec.template.spec')).toMatchObject({
        serviceAccountName: name,
        automountServiceAccountToken: false,
      });
    }
  });
});

describe('observability', () => {
  test('labels every series with tenant_id, tenant and subscription_tier', () => {
    expect(abc.metricLabels).toMatchObject({ tenant_id: 'client-abc', tenant: 'abc', subscription_tier: 'premium' });
    expect(JSON.stringify(only(objects, 'PodMonitor').spec)).toContain('"replacement":"client-abc"');
  });

  test('has traces that carry the tenant and its first website', () => {
    for (const name of names) {
      expect(variable(serviceOf(abc, name), 'OTEL_RESOURCE_ATTRIBUTES')).toBe(
        'tenant.id=client-abc,tenant.tier=premium,website.id=1001,website.domain=client-abc.collectverything.com',
      );
      expect(serviceOf(abc, name).endpoints).toEqual(['traces']);
    }
  });
});

describe('regions and backups', () => {
  test.each([
    ['eu', abcFile],
    ['us', northwindOutfitters],
    ['apac', sakuraStationery],
  ])('data of %s stays there', (jurisdiction, file) => {
    const tenant = tenantOf(platform, file);
    expect(new Set(tenant.offers.map((offer) => offer.jurisdiction))).toEqual(new Set([jurisdiction]));
    expect(platform.regions[tenant.backup?.store.region ?? '']?.jurisdiction).toBe(jurisdiction);
  });

  test('a client of the EU is refused elsewhere', () => {
    expect(problemsOf(platform, abcFile, { placement: 'us-1' }).join()).toContain('E_RESIDENCY');
  });

  test('every database is backed up daily in the hour after 02:00, and kept 30 days, 12 weeks and 12 months', () => {
    expect(abc.backup?.minute).toBeGreaterThanOrEqual(120);
    expect(abc.backup?.minute).toBeLessThan(180);
    expect(abc.backup?.keep).toEqual({ daily: 30, weekly: 12, monthly: 12 });
    expect(abc.backup?.items.map(({ name }) => name)).toEqual(stateful.map((name) => `${name}-db`));
  });

  test('a suspended client runs nothing, is marked so, and is still backed up', () => {
    const suspended = tenantOf(platform, atelierVerre);
    expect(suspended).toMatchObject({ suspended: true, state: 'suspended' });
    expect(suspended.projection?.rows?.sql).toContain(Buffer.from('suspended').toString('hex'));
    expect(at(only(objectsOf(suspended), 'Deployment', 'gateway'), 'spec.replicas')).toBe(0);
    only(objectsOf(suspended), 'CronJob', 'backup');
  });
});
