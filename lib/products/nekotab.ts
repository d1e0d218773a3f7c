import { concat, defineProduct, generatedSecret, postgresql, redis, tenant } from '../index';

/**
 * NekoTab: debate-tournament tabulation, an instance for every organisation. Cheap tenants in thousands: a web container, a worker,
 * a database of their own on a shared server, and a key prefix on a shared Redis.
 */

const database = postgresql({ name: 'database', connections: 15 });
const channels = redis({ name: 'channels' });
const secretKey = generatedSecret({ name: 'django-secret-key' });

const image = 'ghcr.io/nekotab/nekotab:2.9.1';

const environment = {
  DATABASE_URL: database.url,
  REDIS_URL: channels.url,
  REDIS_KEY_PREFIX: channels.prefix,
  DJANGO_SECRET_KEY: secretKey.value,
  DJANGO_ALLOWED_HOSTS: tenant.hosts,
  DJANGO_CSRF_TRUSTED_ORIGINS: tenant.urls,
  TAB_DIRECTOR_EMAIL: tenant.contact,
  SITE_NAME: tenant.displayName,
  // Prometheus labels and traces name the tenant.
  OTEL_RESOURCE_ATTRIBUTES: concat('tenant.id=', tenant.id, ',tenant.plan=', tenant.plan),
};

export const nekotab = defineProduct({
  name: 'nekotab',
  displayName: 'NekoTab',
  apex: 'nekotab.app',
  features: { analytics: 'Statistics over past tournaments' },
  backing: [database, channels, secretKey],
  services: {
    web: {
      image,
      command: ['gunicorn'],
      args: ['--bind=0.0.0.0:8000', '--worker-tmp-dir=/tmp', 'nekotab.wsgi'],
      port: 8000,
      probes: {
        startup: { http: '/healthz', failures: 30, periodSeconds: 2 },
        readiness: { http: '/healthz' },
        liveness: { http: '/healthz', failures: 6 },
      },
      env: environment,
      metrics: { port: 8000 },
      replicas: { min: 1, max: 2 },
      resources: { requests: { cpu: 0.05, memoryMiB: 192 }, limits: { cpu: 0.5, memoryMiB: 384 } },
    },
    worker: {
      image,
      command: ['python', 'manage.py', 'runworker', 'notifications', 'adjallocation'],
      probes: { liveness: { command: ['python', 'manage.py', 'check_worker'], periodSeconds: 30, timeoutSeconds: 10 } },
      env: environment,
      resources: { requests: { cpu: 0.02, memoryMiB: 128 }, limits: { cpu: 0.25, memoryMiB: 256 } },
    },
    analytics: {
      image: 'ghcr.io/nekotab/analytics:1.3.0',
      feature: 'analytics',
      port: 8080,
      probes: { readiness: { http: '/healthz' }, liveness: { http: '/healthz' } },
      env: { DATABASE_URL: database.url },
      resources: { requests: { cpu: 0.02, memoryMiB: 96 }, limits: { cpu: 0.25, memoryMiB: 192 } },
    },
  },
  jobs: { migrate: { service: 'web', command: ['python', 'manage.py', 'migrate', '--no-input'] } },
  routes: [{ paths: { '/': 'web', '/statistics': 'analytics' }, health: '/healthz' }],
  roles: {
    // The customer's own tab director may look at what runs, nothing else.
    viewer: {
      rules: [{ resources: ['pods', 'pods/log', 'services', 'configmaps', 'events'], verbs: ['get', 'list', 'watch'] }],
    },
  },
  plans: {
    free: {
      limits: { tournaments: 1, teams: 24 },
      rateLimit: { requests: 10, per: 'second' },
      price: { currency: 'USD', perMonth: 0 },
      backup: { keep: { daily: 7, weekly: 0, monthly: 0 } },
      priority: 100,
      services: { web: { replicas: { min: 1, max: 1 } } },
    },
    standard: {
      limits: { tournaments: 10, teams: 200 },
      features: { analytics: 'optional' },
      customDomains: 1,
      rateLimit: { requests: 50, per: 'second' },
      price: { currency: 'USD', perMonth: 9 },
      priority: 1000,
    },
    championship: {
      limits: { tournaments: 'unlimited', teams: 'unlimited' },
      features: { analytics: 'included' },
      customDomains: 5,
      rateLimit: { requests: 200, per: 'second' },
      price: { currency: 'USD', perMonth: 49 },
      priority: 10_000,
      services: {
        web: {
          replicas: { min: 2, max: 8 },
          resources: { requests: { cpu: 0.25, memoryMiB: 384 }, limits: { cpu: 1, memoryMiB: 768 } },
        },
        worker: { replicas: { min: 2, max: 4 } },
      },
      backing: { database: { connections: 60 } },
    },
  },
});
