import { z } from 'zod';
import {
  concat,
  defineProduct,
  feature,
  generatedSecret,
  limit,
  postgresql,
  redis,
  serviceUrl,
  setting,
  sharedUrl,
  tenant,
} from '../../lib';

/** A made-up product with a bit of everything; written with the public API. */

const database = postgresql({ name: 'database' });
const sessions = redis({ name: 'sessions' });
const signingKey = generatedSecret({ name: 'signing-key' });
const index = redis({ name: 'index', feature: 'search', provision: 'own' });

const resources = { requests: { cpu: 0.1, memoryMiB: 128 }, limits: { cpu: 0.5, memoryMiB: 256 } };

export const shop = defineProduct({
  name: 'shop',
  displayName: 'Shop',
  apex: 'shop.example',
  labels: { tier: tenant.plan },
  annotations: { owner: concat(tenant.displayName, ' <', tenant.contact, '>') },
  features: { search: 'Full-text search', reports: 'Monthly reports' },
  backing: [database, sessions, signingKey, index],
  settings: z.strictObject({
    language: z.enum(['en', 'de']).default('en'),
    siteId: z.int().positive(),
    sites: z.array(z.strictObject({ id: z.int(), domain: z.string() })).default([]),
    mail: z.strictObject({ from: z.string() }).optional(),
  }),
  uniqueSettings: ['siteId', 'sites.id'],
  services: {
    web: {
      image: 'registry.example/shop/web:4.2.0',
      port: 8080,
      probes: { readiness: { http: '/ready' } },
      env: {
        DATABASE_URL: database.url,
        SESSIONS: sessions.url,
        SIGNING_KEY: signingKey.value,
        PUBLIC_URL: concat('https://', tenant.host),
        LANGUAGE: setting('language'),
        SITES: setting('sites'),
        USERS: limit('users'),
        SEARCH: feature('search'),
        HUB: sharedUrl('hub'),
      },
      files: { '/etc/shop/app.conf': concat('key = ', signingKey.value, '\nplan = ', tenant.plan) },
      metrics: { port: 9100 },
      replicas: { min: 2, max: 4 },
      resources,
    },
    worker: { image: 'registry.example/shop/web:4.2.0', env: { WEB: serviceUrl('web') }, resources },
    media: {
      image: 'registry.example/shop/media:1.0.0',
      port: 8000,
      volumes: { files: { path: '/srv/media', sizeGiB: 10 } },
      resources,
    },
    search: {
      image: 'registry.example/shop/search:1.1.0',
      feature: 'search',
      port: 7700,
      env: { INDEX: index.url },
      resources,
    },
    reports: { image: 'registry.example/shop/reports:1.1.0', feature: 'reports', resources },
  },
  shared: {
    namespace: 'shop-hub',
    services: { hub: { image: 'registry.example/shop/hub:2.0.0', port: 9000, resources } },
    routes: [{ hosts: ['hub-{region}.{apex}'], paths: { '/': 'hub' } }],
  },
  jobs: { migrate: { service: 'web', command: ['shop', 'migrate'] } },
  routes: [
    { hosts: ['{id}.{apex}', '{domain}', '{settings.sites.domain}'], paths: { '/': 'web', '/search': 'search' } },
    { hosts: ['{id}-media.{apex}'], paths: { '/': 'media' } },
  ],
  roles: { viewer: { rules: [{ resources: ['pods'], verbs: ['get', 'list'] }] } },
  identities: {
    operator: {
      serviceAccount: 'operator-{id}',
      rules: [{ resources: ['configmaps'], verbs: ['get'] }],
    },
  },
  plans: {
    small: { limits: { users: 10 }, rateLimit: { requests: 10, per: 'second' } },
    large: {
      limits: { users: 500 },
      features: { search: 'included', reports: 'optional' },
      customDomains: 3,
      services: { web: { replicas: { min: 3, max: 8 }, scaling: { memoryPercent: 70 } } },
      backing: { database: { connections: 60 } },
      priority: 5000,
    },
    written: {
      limits: { users: 50 },
      features: { search: 'optional' },
      quota: { cpu: 4, memoryGiB: 8, limitsCpu: 16, limitsMemoryGiB: 16, pods: 30 },
      customDomains: 1,
    },
    dedicated: {
      limits: { users: 'unlimited' },
      features: { search: 'included', reports: 'included' },
      quota: 'unlimited',
      nodePool: 'dedicated',
      customDomains: 'unlimited',
      services: { media: { volumes: { files: { sizeGiB: 100 } } } },
      backing: { database: { provision: 'own', own: { instances: 2, storageGiB: 50 } } },
    },
  },
});
