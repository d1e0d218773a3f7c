import { z } from 'zod';
import {
  buckets,
  concat,
  defineProduct,
  endpoint,
  item,
  limit,
  mysql,
  rabbitmq,
  serviceUrl,
  setting,
  sharedUrl,
  tenant,
} from '../index';

/**
 * Collect & Verything: an isolated web shop for each client, of seven services, with databases, buckets and a virtual host of their
 * own, in the client's region. Where its description contradicts itself or is out of date, this is how it is read:
 *
 * - A tier's CPU and memory are what its pods request at minimum replicas (standard 14 pods on 2 cores and 4 GiB); quotas are derived
 *   from maximum replicas and rollouts, since the worked example's 4 cores hold none of the tiers.
 * - The worked example's 50 pods hold for the standard tier only, whose 35 pods during a rollout fit; the others' number is derived.
 * - `e-commerce-shared` belongs to whoever runs RabbitMQ, Argo CD and Jaeger there; the product's own shared service has a namespace of
 *   its own, since two owners of one namespace undo each other's quotas and policies.
 * - The source names an nginx class, whose controller is retired; which controller serves a client is its cluster's to say.
 * - Secrets keep the source's path; the last part is `auth-db-a` instead of `auth-db-password`, since two logins take turns when
 *   credentials rotate, and an entry holds its password by key.
 * - Resource attributes of traces are one value for a process, so they carry the client's first site; spans of others say theirs.
 * - 02:00 is when backups begin: a thousand clients start spread over the hour after it.
 * - The source gives the price of premium alone, and its storage and sites; those of the other tiers are ours.
 * - A name of a MySQL user ends at 32 characters, so that a longer `client_{id}_{service}_user` is cut to 29, of which the last eight are
 *   a hash of the whole; databases and buckets have room for every id. `_a`, `_b` or `_ro` follows, and `-a` or `-b` on users of buckets,
 *   since two logins take turns.
 * - Events are one vhost a client, so the source's names with the client's id in them are kept, though no other client could see them.
 */

const apex = 'collectverything.com';
const client = concat('client-', tenant.id);

/** A database and two logins of a stateful service. */
const database = <const Name extends string>(service: Name) =>
  mysql({
    name: `${service}-db`,
    database: `client_{id}_${service}_db`,
    user: `client_{id}_${service}_user`,
    connections: 25,
  });

const databases = {
  websites: database('websites'),
  auth: database('auth'),
  products: database('products'),
  orders: database('orders'),
  sav: database('sav'),
  newsletters: database('newsletters'),
};

const storage = buckets({
  name: 'storage',
  buckets: {
    products: 'client-{id}-products',
    sav: 'client-{id}-sav',
    newsletters: 'client-{id}-newsletters',
  },
  user: 'client-{id}-app',
});

const exchange = 'client-{id}.events';
const events = rabbitmq({
  name: 'events',
  vhost: '/client-{id}',
  user: 'client-{id}',
  exchanges: [{ name: exchange, type: 'topic' }],
  queues: ['auth', 'orders'].map((name) => ({
    name: `client-{id}.${name}`,
    bindings: [{ exchange, routingKey: `${name}.#` }],
  })),
});

/** What the shared services know the clients from. */
const directoryDatabase = mysql({ name: 'directory-db', database: 'e_commerce_{id}', connections: 60 });

type Database = Pick<ReturnType<typeof database>, 'host' | 'port' | 'database' | 'user' | 'password'>;

/** Of every service. */
const environment = {
  CLIENT_ID: client,
  CLIENT_TIER: tenant.plan,
  // Numeric ids and domains of the client's sites, as JSON.
  WEBSITES: setting('sites'),
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint('traces'),
  OTEL_RESOURCE_ATTRIBUTES: concat(
    ...['tenant.id=', client, ',tenant.tier=', tenant.plan],
    ...[',website.id=', setting('sites.0.websiteId'), ',website.domain=', setting('sites.0.domain')],
  ),
};

/** How a service reaches a database. Few connections a pod, so that a rollout at maximum replicas has enough. */
const connection = ({ host, port, database: name, user, password }: Database) => ({
  DB_HOST: host,
  DB_PORT: port,
  DB_DATABASE: name,
  DB_USERNAME: user,
  DB_PASSWORD: password,
  DB_POOL_MAX: '4',
});

const messaging = {
  RABBITMQ_HOST: events.host,
  RABBITMQ_PORT: events.port,
  RABBITMQ_VHOST: events.vhost,
  RABBITMQ_USERNAME: events.user,
  RABBITMQ_PASSWORD: events.password,
  EVENTS_EXCHANGE: concat(client, '.events'),
};

const bucket = (use: 'products' | 'sav' | 'newsletters') => ({
  S3_ENDPOINT: storage.endpoint,
  S3_REGION: storage.region,
  S3_ACCESS_KEY_ID: storage.accessKeyId,
  S3_SECRET_ACCESS_KEY: storage.secretAccessKey,
  S3_BUCKET: storage[use],
});

const paying = {
  to: 'internet',
  ports: [443],
  reason: 'Payments and refunds at the payment gateway, whose addresses change; cards never pass through the shop.',
};

/** What one pod asks for, by tier: the sums over seven services are 1 core and 2 GiB, and twice that. */
const sizes = {
  gateway: [0.15, 256],
  websites: [0.15, 256],
  auth: [0.15, 256],
  products: [0.2, 384],
  orders: [0.15, 384],
  sav: [0.1, 256],
  newsletters: [0.1, 256],
} as const;
type Name = keyof typeof sizes;

const resources = (name: Name, times: number) => {
  const [cpu, memoryMiB] = sizes[name];
  return {
    requests: { cpu: cpu * times, memoryMiB: memoryMiB * times },
    limits: { cpu: times, memoryMiB: memoryMiB * times * 2 },
  };
};

/** What all services have alike. */
const common = (name: Name, version: string, port = 8080) => ({
  image: `ghcr.io/collectverything/${name}:${version}`,
  port,
  probes: {
    startup: { http: '/health/live', failures: 30, periodSeconds: 2 },
    readiness: { http: '/health/ready' },
    liveness: { http: '/health/live', failures: 6 },
  },
  metrics: { port },
  replicas: { min: 2, max: 3 },
  resources: resources(name, 1),
  scaling: { cpuPercent: 70, memoryPercent: 80 },
  stopSeconds: 30,
});

/** A larger tier: replicas, twice the size of each pod, and connections for that many. */
const larger = (min: number, max: number, connections: number) => {
  const size = (name: Name) => ({ replicas: { min, max }, resources: resources(name, 2) });
  return {
    services: {
      gateway: size('gateway'),
      websites: size('websites'),
      auth: size('auth'),
      products: size('products'),
      orders: size('orders'),
      sav: size('sav'),
      newsletters: size('newsletters'),
    },
    backing: Object.fromEntries(Object.values(databases).map(({ name }) => [name, { connections }])),
  };
};

/** Of every tier. */
const tier = {
  containers: {
    max: { cpu: 2, memoryMiB: 4096 },
    min: { cpu: 0.1, memoryMiB: 128 },
    default: { cpu: 0.5, memoryMiB: 512 },
    defaultRequest: { cpu: 0.25, memoryMiB: 256 },
  },
  backup: { window: { from: '02:00', to: '03:00' }, keep: { daily: 30, weekly: 12, monthly: 12 } },
};

const objects = { persistentVolumeClaims: 10, loadBalancers: 1 };

const site = z.strictObject({
  /** Propagated to every service; no two sites of any clients have the same. */
  websiteId: z.int().positive(),
  /** Host of the site: the client's below our domain, or one of its own. */
  domain: z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'expected a domain such as shop.client-abc.com'),
});

export const collect = defineProduct({
  name: 'collect',
  displayName: 'Collect & Verything',
  apex,
  names: { namespace: 'e-commerce-client-{id}', secretPath: '/e-commerce/client-{id}/{name}' },
  labels: { tier: tenant.plan, 'managed-by': 'tenantry' },
  annotations: {
    domain: tenant.host,
    'subscription-tier': tenant.plan,
    'created-date': tenant.createdOn,
    'billing-id': tenant.billingId,
  },
  metricLabels: { tenant_id: client, subscription_tier: tenant.plan },
  settings: z.strictObject({ sites: z.tuple([site], site) }),
  uniqueSettings: ['sites.websiteId', 'sites.domain'],
  settingLimits: { sites: 'sites' },
  backing: [...Object.values(databases), storage, events],
  services: {
    gateway: {
      ...common('gateway', '3.8.2', 8100),
      env: {
        ...environment,
        DIRECTORY_URL: sharedUrl('directory'),
        WEBSITES_URL: serviceUrl('websites'),
        AUTH_URL: serviceUrl('auth'),
        PRODUCTS_URL: serviceUrl('products'),
        ORDERS_URL: serviceUrl('orders'),
        SAV_URL: serviceUrl('sav'),
        NEWSLETTERS_URL: serviceUrl('newsletters'),
      },
      // It refuses everybody until there is somebody to ask who they are.
      startsAfter: ['auth'],
    },
    websites: {
      ...common('websites', '2.4.0'),
      env: { ...environment, ...connection(databases.websites), ...messaging, SITES_MAX: limit('sites') },
    },
    auth: {
      ...common('auth', '4.1.3'),
      env: { ...environment, ...connection(databases.auth), ...messaging, EVENTS_QUEUE: concat(client, '.auth') },
    },
    products: {
      ...common('products', '2.11.0'),
      env: { ...environment, ...connection(databases.products), ...messaging, ...bucket('products') },
    },
    orders: {
      ...common('orders', '3.2.5'),
      env: {
        ...environment,
        ...connection(databases.orders),
        ...messaging,
        EVENTS_QUEUE: concat(client, '.orders'),
        AUTH_URL: serviceUrl('auth'),
        PRODUCTS_URL: serviceUrl('products'),
      },
      egress: [paying],
    },
    sav: {
      ...common('sav', '1.9.1'),
      env: {
        ...environment,
        ...connection(databases.sav),
        ...messaging,
        ...bucket('sav'),
        AUTH_URL: serviceUrl('auth'),
        ORDERS_URL: serviceUrl('orders'),
      },
      egress: [paying],
    },
    newsletters: {
      ...common('newsletters', '1.6.4'),
      env: { ...environment, ...connection(databases.newsletters), ...messaging, ...bucket('newsletters') },
    },
  },
  jobs: Object.fromEntries(
    Object.keys(databases).map((service) => [`migrate-${service}`, { service, command: ['bin/migrate', 'up'] }]),
  ),
  routes: [
    {
      hosts: ['client-{id}.{apex}', '{domain}', '{settings.sites.domain}'],
      paths: { '/': 'gateway' },
      health: '/health/ready',
    },
  ],
  roles: {
    'client-admin': {
      rules: [
        { resources: ['pods', 'pods/log', 'services', 'configmaps'], verbs: ['get', 'list', 'watch'] },
        { apiGroups: ['apps'], resources: ['deployments', 'replicasets'], verbs: ['get', 'list', 'watch'] },
      ],
    },
  },
  shared: {
    namespace: 'e-commerce-directory',
    backing: [directoryDatabase],
    services: {
      directory: {
        image: 'ghcr.io/collectverything/directory:1.4.0',
        port: 8080,
        probes: { readiness: { http: '/health/ready' }, liveness: { http: '/health/live', failures: 6 } },
        env: connection(directoryDatabase),
        metrics: { port: 8080 },
        replicas: { min: 3, max: 6 },
        resources: { requests: { cpu: 0.25, memoryMiB: 256 }, limits: { cpu: 1, memoryMiB: 512 } },
        scaling: { cpuPercent: 70, memoryPercent: 80 },
      },
    },
    jobs: { migrate: { service: 'directory', command: ['bin/migrate', 'up'] } },
    projection: {
      rows: {
        in: 'directory-db',
        table: 'websites',
        each: 'sites',
        key: ['website_id'],
        columns: {
          website_id: item('websiteId'),
          domain: item('domain'),
          client_id: client,
          tier: tenant.plan,
          region: tenant.region,
          status: tenant.status,
        },
        retire: { where: { client_id: client }, set: { status: 'retired' } },
        image: 'docker.io/library/mariadb:11.8.3',
      },
    },
    backup: tier.backup,
  },
  plans: {
    standard: {
      ...tier,
      quota: { ...objects, pods: 50, storageGiB: 50 },
      limits: { sites: 1, storageGiB: 50, cpuCores: 2, memoryGiB: 4 },
      customDomains: 1,
      price: { currency: 'EUR', perMonth: 49.99 },
      priority: 1000,
    },
    premium: {
      ...tier,
      ...larger(3, 6, 50),
      quota: { ...objects, storageGiB: 150 },
      limits: { sites: 3, storageGiB: 150, cpuCores: 6, memoryGiB: 12 },
      customDomains: 3,
      price: { currency: 'EUR', perMonth: 124.99 },
      priority: 5000,
    },
    business: {
      ...tier,
      ...larger(6, 15, 100),
      quota: { ...objects, storageGiB: 500 },
      limits: { sites: 10, storageGiB: 500, cpuCores: 12, memoryGiB: 24 },
      customDomains: 10,
      price: { currency: 'EUR', perMonth: 349.99 },
      priority: 10_000,
    },
  },
});
