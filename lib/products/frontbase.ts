import { concat, defineProduct, generatedSecret, postgresql, redis, serviceUrl, tenant, when } from '../index';

/**
 * Frontbase: a full-stack site builder, whole instances side by side. Its data lies in SQLite unless a tenant asks for PostgreSQL.
 * Nothing here is one target's own: host ports are for targets that share a host.
 *
 * READINGS. Nginx and redis-http listen on 8080 in their containers, since 80 takes rights that no container is given. With PostgreSQL
 * the volume of the backend is copied too: files are there either way. `frontbase_{tenant}` as name of the database has hyphens
 * folded to underscores, which SQL asks for. A reverse proxy on the host is whatever router the target has; the split into API and
 * pages stays in the frontend's nginx. "Wanted later: Kubernetes" is what it is rendered for already.
 */

const database = postgresql({
  name: 'postgres',
  feature: 'postgresql',
  provision: 'own',
  database: 'frontbase_{id}',
  own: { image: 'docker.io/library/postgres:16.10-alpine', cpu: 0.5, memoryMiB: 512, storageGiB: 10 },
});
const cache = redis({
  name: 'redis',
  provision: 'own',
  own: { image: 'docker.io/library/redis:7.4.6-alpine', cpu: 0.1, memoryMiB: 128, storageGiB: 1 },
});
const redisToken = generatedSecret({ name: 'redis-token' });
const secretKey = generatedSecret({ name: 'secret-key' });
const apiKey = generatedSecret({ name: 'api-key' });

const kv = { UPSTASH_REDIS_REST_URL: serviceUrl('redis-http'), UPSTASH_REDIS_REST_TOKEN: redisToken.value };

const site = concat(
  'server {\n  listen 8080;\n  client_max_body_size 50m;\n',
  '  location = /healthz { access_log off; return 200; }\n',
  '  location /api/ { proxy_pass ',
  serviceUrl('backend'),
  '; proxy_set_header Host $host; }\n',
  '  location /admin/ { root /usr/share/nginx/html; try_files $uri /admin/index.html; }\n',
  '  location / { proxy_pass ',
  serviceUrl('edge'),
  '; proxy_set_header Host $host; }\n}\n',
);

export const frontbase = defineProduct({
  name: 'frontbase',
  displayName: 'Frontbase',
  apex: 'frontbase.app',
  features: { postgresql: 'PostgreSQL of its own instead of SQLite' },
  backing: [database, cache, redisToken, secretKey, apiKey],
  services: {
    backend: {
      image: 'ghcr.io/frontbase/backend:1.8.2',
      port: 8000,
      probes: {
        startup: { http: '/health', failures: 30, periodSeconds: 2 },
        readiness: { http: '/health' },
        liveness: { http: '/health', failures: 6 },
      },
      env: {
        DATABASE_URL: when('postgresql', database.url, 'sqlite:////app/data/frontbase.db'),
        SECRET_KEY: secretKey.value,
        API_KEY: apiKey.value,
        EDGE_URL: serviceUrl('edge'),
        PUBLIC_URL: tenant.url,
        ALLOWED_HOSTS: tenant.hosts,
        ...kv,
      },
      volumes: { data: { path: '/app/data', sizeGiB: 5, backup: 'sqlite', databases: ['frontbase.db'] } },
      resources: { requests: { cpu: 0.1, memoryMiB: 256 }, limits: { cpu: 1, memoryMiB: 512 } },
    },
    edge: {
      image: 'ghcr.io/frontbase/edge:1.8.2',
      port: 3002,
      startsAfter: ['backend'],
      probes: { readiness: { http: '/health' }, liveness: { http: '/health', failures: 6 } },
      env: {
        BACKEND_URL: serviceUrl('backend'),
        API_KEY: apiKey.value,
        EDGE_DATABASE: '/app/data/edge.db',
        PAGES_DATABASE: '/app/data/pages.db',
        ...kv,
      },
      volumes: { data: { path: '/app/data', sizeGiB: 5, backup: 'sqlite', databases: ['edge.db', 'pages.db'] } },
      resources: { requests: { cpu: 0.1, memoryMiB: 192 }, limits: { cpu: 1, memoryMiB: 384 } },
    },
    // Built on nginx-unprivileged.
    frontend: {
      image: 'ghcr.io/frontbase/frontend:1.8.2',
      port: 8080,
      user: 101,
      startsAfter: ['backend', 'edge'],
      probes: { readiness: { http: '/healthz' }, liveness: { http: '/healthz', failures: 6 } },
      files: { '/etc/nginx/conf.d/default.conf': site },
      resources: { requests: { cpu: 0.02, memoryMiB: 32 }, limits: { cpu: 0.5, memoryMiB: 128 } },
    },
    'redis-http': {
      image: 'docker.io/hiett/serverless-redis-http:0.0.10',
      port: 8080,
      probes: { readiness: { tcp: 8080 }, liveness: { tcp: 8080, failures: 6 } },
      env: {
        SRH_MODE: 'env',
        SRH_PORT: 8080,
        SRH_TOKEN: redisToken.value,
        SRH_CONNECTION_STRING: cache.url,
        RELEASE_TMP: '/tmp',
        RELEASE_DISTRIBUTION: 'none',
      },
      resources: { requests: { cpu: 0.02, memoryMiB: 96 }, limits: { cpu: 0.25, memoryMiB: 192 } },
    },
  },
  routes: [{ paths: { '/': 'frontend' }, health: '/healthz' }],
  roles: {
    viewer: {
      rules: [{ resources: ['pods', 'pods/log', 'services', 'configmaps', 'events'], verbs: ['get', 'list', 'watch'] }],
    },
  },
  plans: {
    small: {
      features: { postgresql: 'optional' },
      customDomains: 1,
      backup: { keep: { daily: 7, weekly: 4, monthly: 0 } },
      priority: 100,
    },
    standard: {
      features: { postgresql: 'optional' },
      customDomains: 3,
      priority: 1000,
      services: {
        backend: {
          resources: { requests: { cpu: 0.25, memoryMiB: 512 }, limits: { cpu: 2, memoryMiB: 1024 } },
          volumes: { data: { sizeGiB: 20 } },
        },
        edge: { volumes: { data: { sizeGiB: 10 } } },
      },
    },
    large: {
      features: { postgresql: 'optional' },
      customDomains: 20,
      priority: 10_000,
      services: {
        backend: {
          resources: { requests: { cpu: 1, memoryMiB: 1024 }, limits: { cpu: 4, memoryMiB: 4096 } },
          volumes: { data: { sizeGiB: 50 } },
        },
        edge: {
          resources: { requests: { cpu: 0.5, memoryMiB: 512 }, limits: { cpu: 2, memoryMiB: 1024 } },
          volumes: { data: { sizeGiB: 20 } },
        },
        frontend: { replicas: { min: 2, max: 4 } },
        'redis-http': { replicas: { min: 2, max: 4 } },
      },
      backing: { postgres: { own: { cpu: 2, memoryMiB: 2048, storageGiB: 50 } }, redis: { own: { memoryMiB: 512 } } },
    },
  },
});
