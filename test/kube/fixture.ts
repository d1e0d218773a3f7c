import { App, Chart } from 'cdk8s';
import type { Offer } from '../../lib/model/offer';
import type { Plan } from '../../lib/model/plan-schema';
import type { Cluster } from '../../lib/model/platform';
import type {
  Amounts,
  ContainerResources,
  ResolvedBackup,
  ResolvedJob,
  ResolvedService,
  Space,
  Tenant,
} from '../../lib/model/resolved';
import type { SecretPart } from '../../lib/model/values';

/** A made-up tenant with a bit of everything, like NekoTab's: web and worker, PostgreSQL, Redis, a secret, a custom domain. */

export function amounts(cpu: number, memoryMiB: number, ephemeralMiB = 256): Amounts {
  return { cpu, memoryMiB, ephemeralMiB };
}

export function resources(cpu: number, memoryMiB: number): ContainerResources {
  return { requests: amounts(cpu, memoryMiB), limits: amounts(cpu * 2, memoryMiB * 2, 512) };
}

export function secretPart(name: string, key: string, encode: SecretPart['encode'] = 'none'): SecretPart {
  return { path: `production/nekotab/acme/${name}`, key, encode };
}

export function service(overrides: Partial<ResolvedService> = {}): ResolvedService {
  return {
    name: 'worker',
    image: 'ghcr.io/nekotab/nekotab:2.4.1',
    command: [['python'], ['manage.py'], ['worker']],
    args: [],
    port: null,
    ports: {},
    probes: { readiness: null, liveness: null, startup: null },
    env: [{ name: 'LOG_LEVEL', parts: ['info'] }],
    files: [],
    volumes: [],
    scratch: ['/tmp'],
    replicas: { min: 1, max: 1 },
    surge: 1,
    resources: resources(0.1, 256),
    scaling: { cpuPercent: 80, memoryPercent: null, downPercent: null },
    user: 10001,
    stopSeconds: 15,
    calls: [],
    callsShared: [],
    callsTenants: [],
    uses: ['database', 'cache'],
    endpoints: [],
    startsAfter: [],
    step: 0,
    egress: [],
    metrics: null,
    identity: null,
    ...overrides,
  };
}

export function web(overrides: Partial<ResolvedService> = {}): ResolvedService {
  const timing = { periodSeconds: 10, timeoutSeconds: 3, failures: 3 };
  return service({
    name: 'web',
    command: [['gunicorn'], ['nekotab.wsgi']],
    port: 8000,
    ports: { http: 8000, metrics: 9100 },
    probes: {
      readiness: { http: '/healthz/ready', port: null, ...timing },
      liveness: { http: '/healthz/live', port: null, ...timing },
      startup: { tcp: 8000, ...timing, failures: 30 },
    },
    env: [
      { name: 'ALLOWED_HOSTS', parts: ['acme.nekotab.app,debates.acme.example'] },
      { name: 'SECRET_KEY', parts: [secretPart('secret-key', 'value')] },
      {
        name: 'DATABASE_URL',
        parts: [
          'postgresql://nekotab_acme_app:',
          secretPart('database', 'password', 'url'),
          '@pg-eu-1.internal.example:5432/nekotab_acme',
        ],
      },
    ],
    files: [{ name: '/etc/nekotab/motd.txt', parts: ['welcome'] }],
    replicas: { min: 2, max: 4 },
    resources: resources(0.25, 512),
    metrics: { port: 9100, path: '/metrics' },
    ...overrides,
  });
}

export function job(overrides: Partial<ResolvedJob> = {}): ResolvedJob {
  return {
    name: 'migrate',
    service: web({ command: [['python'], ['manage.py'], ['migrate'], ['--noinput']] }),
    deadlineSeconds: 600,
    script: null,
    ...overrides,
  };
}

export const cluster: Cluster = {
  region: 'eu-west',
  products: null,
  apiServer: null,
  server: 'https://kubernetes.default.svc',
  podCidrs: ['10.244.0.0/16'],
  serviceCidrs: ['10.96.0.0/12'],
  dns: { namespace: 'kube-system', podLabels: { 'k8s-app': 'kube-dns' }, nodeLocal: null },
  routing: {
    kind: 'gateway',
    controller: 'envoy-gateway',
    className: 'envoy',
    gateway: { name: 'public', namespace: 'gateway' },
    peers: [{ namespace: 'gateway', podLabels: { 'app.kubernetes.io/name': 'envoy' } }],
    issuer: 'letsencrypt',
    challenge: 'http01',
    solver: { cpu: 0.01, memoryMiB: 64 },
    addresses: ['203.0.113.10'],
  },
  secretStore: {
    kind: 'vault',
    server: 'https://vault.internal.example:8200',
    mount: 'secret',
    authMount: 'kubernetes',
    role: '{namespace}',
  },
  monitoring: {
    namespace: 'monitoring',
    podLabels: { 'app.kubernetes.io/name': 'prometheus' },
    monitorLabels: { release: 'prometheus' },
    prober: null,
  },
  storageClass: 'standard',
  operators: [],
  nodePools: {},
  endpoints: {},
  servers: { postgresql: 'pg-eu-1', redis: 'redis-eu-1' } as Cluster['servers'],
  backupStore: 's3-eu',
  credentials: {},
};

export const plan: Plan = {
  quota: 'derived',
  containers: {},
  limits: { users: 100 },
  features: {},
  customDomains: 1,
  rateLimit: { requests: 100, per: 'second' },
  price: { currency: 'EUR', perMonth: 20 },
  backup: { window: null, keep: { daily: 30, weekly: 12, monthly: 12 } },
  priority: 1000,
  nodePool: null,
  services: {},
  backing: {},
  alerts: {},
};

export function database(overrides: Partial<Offer> = {}): Offer {
  const host = 'pg-eu-1.internal.example';
  const password = secretPart('database', 'password', 'url');
  const reader = secretPart('database-reader', 'password');
  return {
    kind: 'postgresql',
    name: 'database',
    provision: 'shared',
    server: 'pg-eu-1',
    jurisdiction: 'eu',
    claims: [{ space: 'postgresql-database', name: 'pg-eu-1/nekotab_acme', stateful: true, fixed: {} }],
    outputs: { host: [host], url: ['postgresql://nekotab_acme_app:', password, `@${host}:5432/nekotab_acme`] },
    secrets: [
      { path: password.path, keys: ['password'], origin: 'generated', length: 32 },
      { path: reader.path, keys: ['password'], origin: 'generated', length: 32 },
    ],
    peers: [{ kind: 'cidr', cidr: '192.0.2.10/32', port: 5432 }],
    dump: {
      tool: 'pg_dump',
      host,
      port: 5432,
      database: 'nekotab_acme',
      user: 'nekotab_acme_ro',
      password: reader,
      tls: 'require',
      rowSecurity: false,
    },
    own: null,
    details: {},
    ...overrides,
  };
}

export function cache(overrides: Partial<Offer> = {}): Offer {
  const password = secretPart('cache', 'password', 'url');
  return {
    kind: 'redis',
    name: 'cache',
    provision: 'shared',
    server: 'redis-eu-1',
    jurisdiction: 'eu',
    claims: [{ space: 'redis-prefix', name: 'redis-eu-1/nekotab:acme:', stateful: false, fixed: {} }],
    outputs: { prefix: ['nekotab:acme:'], url: ['redis://acme:', password, '@redis-eu-1.internal.example:6379/0'] },
    secrets: [{ path: password.path, keys: ['password'], origin: 'generated', length: 32 }],
    peers: [
      {
        kind: 'pods',
        namespace: 'redis',
        podLabels: { 'app.kubernetes.io/name': 'redis' },
        port: 6379,
      },
    ],
    dump: null,
    own: null,
    details: {},
    ...overrides,
  };
}

export function generatedSecret(overrides: Partial<Offer> = {}): Offer {
  const value = secretPart('secret-key', 'value');
  return {
    kind: 'secret',
    name: 'secret-key',
    provision: 'shared',
    server: null,
    jurisdiction: 'eu',
    claims: [{ space: 'secret-path', name: value.path, stateful: false, fixed: {} }],
    outputs: { value: [value] },
    secrets: [{ path: value.path, keys: ['value'], origin: 'generated', length: 50 }],
    peers: [],
    dump: null,
    own: null,
    details: {},
    ...overrides,
  };
}

export function backup(overrides: Partial<ResolvedBackup> = {}): ResolvedBackup {
  const { dump, peers } = database();
  return {
    minute: 137,
    keep: plan.backup.keep,
    items: dump === null ? [] : [{ kind: 'dump', name: 'database', dump, peers }],
    store: {
      region: 'eu-west',
      repository: 's3:https://s3.eu.example/backups',
      peer: { cidr: '198.51.100.0/24' },
      port: 443,
      server: null,
      lockDays: 30,
    },
    storeName: 's3-eu',
    repository: 's3:https://s3.eu.example/backups/eu-1/acme',
    secretPath: 'production/nekotab/acme/backup',
    access: null,
    image: 'registry.example/platform/backup:1.0.0',
    resources: { requests: amounts(0.1, 256, 512), limits: amounts(0.5, 512, 2048) },
    deadlineSeconds: 7200,
    ...overrides,
  };
}

export function tenant(overrides: Partial<Tenant> = {}): Tenant {
  return {
    kind: 'tenant',
    id: 'acme',
    product: 'nekotab',
    environment: 'production',
    namespace: 'nekotab-acme',
    clusterName: 'eu-1',
    cluster,
    labels: {
      'app.kubernetes.io/managed-by': 'tenantry',
      'app.kubernetes.io/part-of': 'nekotab',
      'tenantry.dev/tenant': 'acme',
      'tenantry.dev/plan': 'standard',
      'tenantry.dev/environment': 'production',
      'tenantry.dev/cost-center': 'CC-ABC-001',
      'tenantry.dev/billing-id': 'sub_abc123',
    },
    namespaceLabels: { 'tenantry.dev/kind': 'tenant' },
    namespaceAnnotations: { 'tenantry.dev/contact': 'admin@acme.example' },
    suspended: false,
    services: [web(), service()],
    jobs: [job()],
    offers: [database(), cache(), generatedSecret()],
    routes: [
      {
        name: 'web',
        hosts: [
          { host: 'acme.nekotab.app', kind: 'platform' },
          { host: 'debates.acme.example', kind: 'custom' },
        ],
        health: '/healthz/ready',
        paths: [{ path: '/', service: 'web', port: 8000 }],
      },
    ],
    roles: [
      {
        name: 'viewer',
        rules: [{ apiGroups: ['', 'apps'], resources: ['pods', 'pods/log', 'deployments'], verbs: ['get', 'list'] }],
        groups: ['nekotab-acme:viewer'],
      },
    ],
    identities: [],
    rateLimit: plan.rateLimit,
    metricLabels: {},
    quota: {
      cpu: 2.5,
      memoryGiB: 5,
      limitsCpu: 5,
      limitsMemoryGiB: 10,
      pods: 12,
      storageGiB: 10,
      persistentVolumeClaims: 2,
      services: 5,
      secrets: 12,
      configMaps: 12,
      loadBalancers: 0,
      nodePorts: 0,
    },
    jobQuota: { cpu: 1, memoryGiB: 2, limitsCpu: 2, limitsMemoryGiB: 4, pods: 4 },
    containerLimits: {
      max: amounts(2, 4096, 4096),
      min: amounts(0.01, 16, 1),
      default: amounts(0.5, 512, 512),
      defaultRequest: amounts(0.05, 64, 128),
    },
    priorityClass: 'tenantry-1000',
    nodePool: null,
    backup: backup(),
    stateKey: 'production/pg-eu-1/acme',
    projectedPaths: [],
    credentials: {},
    connections: {},
    secretReader: { role: 'nekotab-acme' },
    shared: null,
    projects: [],
    projectsSecrets: false,
    solves: false,
    routedByTenants: [],
    sharedRoutes: [],
    projection: null,
    file: 'tenants/acme.ts',
    displayName: 'ACME Debates',
    contact: 'admin@acme.example',
    createdOn: '2026-01-15',
    state: 'active',
    planName: 'standard',
    plan,
    jurisdiction: 'eu',
    features: {},
    limits: { users: 100 },
    settings: {},
    claims: [{ space: 'namespace', name: 'eu-1/nekotab-acme', stateful: true, fixed: {} }],
    ...overrides,
  };
}

/** The same as a space, for parts that do not care whether it is a tenant's. */
export function space(overrides: Partial<Space> = {}): Space {
  return { ...tenant(), ...overrides };
}

/** A service with a volume: one pod, replaced and not rolled. */
export function stateful(overrides: Partial<ResolvedService> = {}): ResolvedService {
  return service({
    name: 'media',
    volumes: [{ claimName: 'media-data', name: 'data', path: '/data', sizeGiB: 10, backup: 'files', databases: [] }],
    surge: 0,
    ...overrides,
  });
}

/** An object as it is written. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Record<string, string>;
    readonly annotations?: Record<string, string>;
  };
  readonly [field: string]: unknown;
}

/** What constructs in a chart of their own come to. */
export function manifests(build: (chart: Chart) => void): Manifest[] {
  const chart = new Chart(new App(), 'test');
  build(chart);
  return chart.toJson();
}

/** The one object of a kind, or of a kind and name; throws where there is none, or more than one. */
export function only(all: readonly Manifest[], kind: string, name?: string): Manifest {
  const found = all.filter((each) => each.kind === kind && (name === undefined || each.metadata.name === name));
  const [first, ...more] = found;
  if (first === undefined || more.length > 0) throw new Error(`found ${found.length} of ${kind} ${name ?? ''}`);
  return first;
}

/** The value at a path such as `spec.template.spec.containers.0.env`; undefined where the path ends early. */
export function at(value: unknown, path: string): unknown {
  return path.split('.').reduce((inner: unknown, key) => (inner as Record<string, unknown> | undefined)?.[key], value);
}
