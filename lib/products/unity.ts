import {
  concat,
  defineProduct,
  feature,
  generatedSecret,
  limit,
  postgresql,
  postgresqlRows,
  redis,
  sharedUrl,
  tenant,
} from '../index';

/**
 * Unity: a control plane with which each tenant manages its own Kubernetes clusters, plugins and credentials. One backend serves all
 * tenants on one host, over one database whose rows are kept apart by row-level security; each tenant has a namespace in which its
 * agent and its plugins run. Where its description contradicts itself or leaves things open, this is how it is read:
 *
 * - One PostgreSQL and one host are one backend: a platform offers Unity on one of its clusters, and two that served `api.{apex}`, each
 *   with rows of its own, are refused.
 * - The source binds `unity-{id}` to namespace administration; it may here do what plugins take and nothing that reads credentials or
 *   changes rights, quotas and policies, which is as narrow as its purpose allows.
 * - The per-tenant rate limit at the edge is where a tenant has a host of its own, the console; on the host that all share the tenant is
 *   known to the backend only, which has the limit as data.
 * - Enterprise's figures are given for clusters, CPU, memory, storage and calls; the rest is as on standard.
 * - `tenants` has a row a tenant, by its `id`, of which a tenant sees its own; all other tables have `tenant_id`.
 * - The CPU, memory and storage of a tenant are both its namespace's quota, which Kubernetes enforces, and limits that the application
 *   shows.
 * - A system admin is an operator of the platform, and so no role of a tenant's namespace.
 */

const database = postgresql({ name: 'database', connections: 200 });
const counters = redis({ name: 'counters' });

const tables = [
  ...['alert_channels', 'alert_rules', 'alerts', 'api_keys', 'audit_log', 'certificates', 'cluster_credentials'],
  ...['cluster_events', 'cluster_metrics', 'cluster_nodes', 'clusters', 'invitations', 'jobs', 'notifications'],
  ...['plugin_installations', 'plugin_settings', 'plugins', 'report_schedules', 'reports', 'sessions', 'ssh_keys'],
  ...[{ table: 'tenants', column: 'id' }],
  ...['usage_records', 'user_preferences', 'user_tenant_memberships', 'webhooks'],
];

const rows = postgresqlRows({ name: 'rows', of: 'database', tables, connections: 10 });
const kek = generatedSecret({ name: 'kek', length: 64 });
const firstApiKey = generatedSecret({ name: 'api-key', length: 40 });
/** `uk_{tenant}_{random}`. */
const apiKey = concat('uk_', tenant.id, '_', firstApiKey.value);

/** What Kubernetes cannot enforce, and what the application shows, by the column that it is in. */
const limits = {
  max_clusters: limit('kubernetesClusters'),
  max_plugins: limit('plugins'),
  max_users: limit('users'),
  max_api_calls_per_hour: limit('apiCallsPerHour'),
  max_cpu_cores: limit('cpuCores'),
  max_memory_gib: limit('memoryGiB'),
  max_storage_gib: limit('storageGiB'),
  max_ssh_keys: limit('sshKeys'),
  max_certificates: limit('certificates'),
};

const health = {
  readiness: { http: '/healthz/ready' },
  liveness: { http: '/healthz/live', failures: 6 },
};

const reading = ['get', 'list', 'watch'] as const;
const writing = [...reading, 'create', 'update', 'patch', 'delete'] as const;
const visible = [
  {
    resources: ['pods', 'pods/log', 'services', 'configmaps', 'events', 'persistentvolumeclaims'],
    verbs: [...reading],
  },
  { apiGroups: ['apps'], resources: ['deployments', 'replicasets', 'statefulsets'], verbs: [...reading] },
];
/** Deleting a pod restarts it. */
const restarting = { resources: ['pods'], verbs: ['delete' as const] };
const scaling = {
  apiGroups: ['apps'],
  resources: ['deployments/scale', 'statefulsets/scale'],
  verbs: ['get' as const, 'update' as const, 'patch' as const],
};

/** Bounds of a plugin's container. */
const containers = {
  max: { cpu: 8, memoryMiB: 32_768, ephemeralMiB: 20_480 },
  min: { cpu: 0.01, memoryMiB: 16 },
  default: { cpu: 0.5, memoryMiB: 512 },
  defaultRequest: { cpu: 0.1, memoryMiB: 128 },
};

/** Objects of an agent, a console and fifty plugins. */
const objects = { persistentVolumeClaims: 10, services: 120, configMaps: 120, secrets: 60 };

const backup = { window: { from: '01:00', to: '04:00' }, keep: { daily: 30, weekly: 12, monthly: 12 } };

export const unity = defineProduct({
  name: 'unity',
  displayName: 'Unity',
  apex: 'unity.com',
  names: { namespace: 'tenant-{id}' },
  labels: { 'tenant-id': tenant.id, 'managed-by': 'unity' },
  features: { console: 'Front end of the tenant’s own' },
  backing: [rows, kek, firstApiKey],
  services: {
    agent: {
      image: 'ghcr.io/unity-platform/agent:2.7.3',
      port: 8080,
      probes: health,
      env: {
        UNITY_TENANT: tenant.id,
        UNITY_API_URL: sharedUrl('backend'),
        UNITY_API_KEY: apiKey,
        DATABASE_URL: rows.url,
      },
      egress: [
        {
          to: 'internet',
          ports: [443, 6443],
          reason: 'API servers of the clusters that the tenant manages with Unity.',
        },
      ],
      metrics: { port: 8080 },
      resources: { requests: { cpu: 0.1, memoryMiB: 128 }, limits: { cpu: 1, memoryMiB: 512 } },
    },
    console: {
      image: 'ghcr.io/unity-platform/console:2.7.3',
      feature: 'console',
      port: 8080,
      probes: health,
      env: { UNITY_TENANT: tenant.id, UNITY_API_URL: sharedUrl('backend') },
      replicas: { min: 1, max: 2 },
      resources: { requests: { cpu: 0.05, memoryMiB: 64 }, limits: { cpu: 0.5, memoryMiB: 256 } },
    },
  },
  routes: [{ hosts: ['{id}.{apex}', '{domain}'], paths: { '/': 'console' }, health: '/healthz/live' }],
  identities: {
    operator: {
      serviceAccount: 'unity-{id}',
      by: ['backend'],
      reason:
        'The backend installs, updates and removes the plugins of the tenant, as it and in its namespace only; it writes workloads, and so could reach what pods there mount.',
      rules: [
        { resources: ['configmaps', 'services', 'persistentvolumeclaims'], verbs: [...writing] },
        { apiGroups: ['apps'], resources: ['deployments', 'statefulsets'], verbs: [...writing] },
        scaling,
        { resources: ['pods', 'pods/log', 'events'], verbs: [...reading] },
        { apiGroups: ['apps'], resources: ['replicasets'], verbs: [...reading] },
        restarting,
      ],
    },
  },
  roles: {
    'tenant-admin': { rules: [...visible, restarting, scaling] },
    'tenant-member': { rules: [...visible, restarting] },
    'tenant-viewer': { rules: visible },
  },
  shared: {
    namespace: 'unity',
    backing: [database, counters],
    identities: {
      backend: {
        serviceAccount: 'unity-backend',
        rules: [{ resources: ['configmaps'], verbs: [...reading] }],
        reason: 'What the registry says of each tenant lies in a ConfigMap of this namespace.',
      },
    },
    services: {
      backend: {
        image: 'ghcr.io/unity-platform/backend:2.7.3',
        port: 8000,
        probes: { ...health, startup: { http: '/healthz/live', failures: 30, periodSeconds: 2 } },
        env: {
          DATABASE_URL: database.url,
          REDIS_URL: counters.url,
          REDIS_KEY_PREFIX: counters.prefix,
          // The setting that row-level security compares with.
          TENANT_SESSION_SETTING: 'app.tenant_id',
        },
        identity: 'backend',
        callsTenants: ['agent'],
        metrics: { port: 8000 },
        replicas: { min: 3, max: 12 },
        resources: { requests: { cpu: 1, memoryMiB: 1024 }, limits: { cpu: 4, memoryMiB: 2048 } },
        scaling: { cpuPercent: 60, memoryPercent: 80 },
        stopSeconds: 30,
      },
    },
    routes: [{ hosts: ['api.{apex}'], paths: { '/': 'backend' }, health: '/healthz/ready' }],
    jobs: { migrate: { service: 'backend', command: ['unity', 'migrate'] } },
    projection: {
      facts: {
        id: tenant.id,
        displayName: tenant.displayName,
        namespace: tenant.namespace,
        serviceAccount: concat('unity-', tenant.id),
        plan: tenant.plan,
        status: tenant.status,
        firstAdmin: tenant.contact,
        console: feature('console'),
      },
      secrets: { KEK: kek.value, API_KEY: apiKey },
      rows: {
        in: 'database',
        table: 'tenants',
        key: ['id'],
        columns: {
          id: tenant.id,
          name: tenant.displayName,
          plan: tenant.plan,
          status: tenant.status,
          namespace: tenant.namespace,
          admin_email: tenant.contact,
          ...limits,
        },
        session: { 'app.tenant_id': tenant.id },
        image: 'docker.io/library/postgres:17.6-alpine',
      },
    },
    backup,
  },
  plans: {
    standard: {
      quota: { ...objects, cpu: 50, memoryGiB: 128, limitsCpu: 100, limitsMemoryGiB: 256, storageGiB: 500, pods: 250 },
      containers,
      limits: {
        kubernetesClusters: 10,
        plugins: 50,
        users: 100,
        apiCallsPerHour: 10_000,
        cpuCores: 50,
        memoryGiB: 128,
        storageGiB: 500,
        sshKeys: 100,
        certificates: 50,
      },
      features: { console: 'optional' },
      rateLimit: { requests: 50, per: 'second' },
      backup,
      priority: 1000,
    },
    enterprise: {
      quota: {
        ...objects,
        cpu: 100,
        memoryGiB: 256,
        limitsCpu: 200,
        limitsMemoryGiB: 512,
        storageGiB: 1000,
        pods: 500,
      },
      containers,
      limits: {
        kubernetesClusters: 10,
        plugins: 50,
        users: 100,
        apiCallsPerHour: 100_000,
        cpuCores: 100,
        memoryGiB: 256,
        storageGiB: 1000,
        sshKeys: 100,
        certificates: 50,
      },
      features: { console: 'included' },
      customDomains: 1,
      rateLimit: { requests: 500, per: 'second' },
      backup,
      priority: 10_000,
    },
  },
});
