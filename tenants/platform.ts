import { definePlatform } from 'tenantry';
import { nekotab } from 'tenantry/products';

/** The example installation: two clusters with different routing and secret stores, in two jurisdictions. */
export const { platform, defineTenant } = definePlatform({
  name: 'example',
  environment: 'production',
  products: [nekotab],
  git: { repository: 'https://git.example.com/saas/tenants.git' },
  regions: {
    'eu-central': { jurisdiction: 'eu' },
    'us-east': { jurisdiction: 'us' },
  },
  clusters: {
    'eu-1': {
      region: 'eu-central',
      podCidrs: ['10.64.0.0/12'],
      serviceCidrs: ['10.96.0.0/16'],
      dns: { nodeLocal: '169.254.20.10' },
      routing: {
        kind: 'gateway',
        controller: 'envoy-gateway',
        className: 'envoy',
        gateway: { name: 'public', namespace: 'gateway' },
        peers: [{ namespace: 'envoy-gateway-system', podLabels: { 'app.kubernetes.io/managed-by': 'envoy-gateway' } }],
        issuer: 'letsencrypt',
        addresses: ['192.0.2.10'],
      },
      secretStore: { kind: 'vault', server: 'https://vault.eu.example.com' },
      monitoring: {
        namespace: 'monitoring',
        podLabels: { 'app.kubernetes.io/name': 'prometheus' },
        monitorLabels: { release: 'prometheus' },
      },
      storageClass: 'fast',
      servers: { postgresql: 'pg-eu-1', redis: 'redis-eu-1' },
      backupStore: 'backup-eu',
    },
    'us-1': {
      region: 'us-east',
      podCidrs: ['10.128.0.0/12'],
      serviceCidrs: ['10.160.0.0/16'],
      routing: {
        kind: 'traefik',
        peers: [{ namespace: 'traefik', podLabels: { 'app.kubernetes.io/name': 'traefik' } }],
        issuer: 'letsencrypt',
        addresses: ['198.51.100.20'],
      },
      secretStore: {
        kind: 'aws-secrets-manager',
        region: 'us-east-1',
        roleArn: 'arn:aws:iam::123456789012:role/tenant-{id}-secrets',
      },
      storageClass: 'gp3',
      servers: { postgresql: 'pg-us-1', redis: 'redis-us-1' },
      backupStore: 'backup-us',
    },
  },
  servers: {
    'pg-eu-1': {
      engine: 'postgresql',
      version: '17',
      region: 'eu-central',
      host: 'pg-eu-1.db.example.com',
      port: 5432,
      peer: { cidr: '10.20.0.0/24' },
    },
    'pg-us-1': {
      engine: 'postgresql',
      version: '17',
      region: 'us-east',
      host: 'pg-us-1.db.example.com',
      port: 5432,
      peer: { cidr: '10.21.0.0/24' },
    },
    'redis-eu-1': {
      engine: 'redis',
      version: '7.4',
      region: 'eu-central',
      host: 'redis.redis.svc.cluster.local',
      port: 6379,
      peer: { namespace: 'redis', podLabels: { 'app.kubernetes.io/name': 'redis' } },
    },
    'redis-us-1': {
      engine: 'redis',
      version: '7.4',
      region: 'us-east',
      host: 'redis.redis.svc.cluster.local',
      port: 6379,
      peer: { namespace: 'redis', podLabels: { 'app.kubernetes.io/name': 'redis' } },
    },
  },
  backupStores: {
    'backup-eu': {
      region: 'eu-central',
      repository: 's3:https://s3.eu.example.com/tenant-backups',
      peer: { cidr: '203.0.113.0/28' },
    },
    'backup-us': {
      region: 'us-east',
      repository: 's3:https://s3.us.example.com/tenant-backups',
      peer: { cidr: '203.0.113.16/28' },
    },
  },
  backup: { image: 'registry.example.com/platform/backup:1.2.0' },
});
