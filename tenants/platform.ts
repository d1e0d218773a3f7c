import { definePlatform } from 'tenantry';
import { collect, frontbase, nekotab, unity, wordpress } from 'tenantry/products';

// What every cluster of this installation runs beside the tenants.
const operators = ['cloudnative-pg', 'mariadb-operator', 'rabbitmq-topology'] as const;
const nodePools = {
  dedicated: {
    labels: { 'example.com/pool': 'dedicated' },
    taint: { key: 'example.com/pool', value: 'dedicated' },
    ...{ cpu: 128, memoryGiB: 512, storageGiB: 4000 },
  },
};
const collector = { namespace: 'e-commerce-shared', podLabels: { 'app.kubernetes.io/name': 'jaeger-collector' } };
const traces = { url: 'http://jaeger-collector.e-commerce-shared.svc:4318', peer: collector, port: 4318 };
// Unity is one host over one database, and so on offer on one cluster; the others have the rest.
const withoutUnity = ['collect', 'frontbase', 'nekotab', 'wordpress'];
// A plan may bound what the smallest container asks for; cert-manager's solvers are told to ask for as much.
const solver = { cpu: 0.1, memoryMiB: 128 };

/** The servers of a region: those outside of the cluster by their addresses, those inside by their pods. */
function regionalServers(area: string, region: string, cidr: string) {
  const at = (engine: string) => `${engine}-${area}-1`;
  const inside = (namespace: string, name: string) => ({
    region,
    host: `${name}.${namespace}.svc.cluster.local`,
    peer: { namespace, podLabels: { 'app.kubernetes.io/name': name } },
  });
  const postgresql = { region, host: `pg-${area}-1.db.example.com`, peer: { cidr } };
  const authentik = { ...inside('authentik', 'authentik'), host: `sso.${area}.example.com` };
  const cluster = { name: 'rabbitmq', namespace: 'e-commerce-shared' };
  const rabbitmq = { ...inside('e-commerce-shared', 'rabbitmq'), cluster };
  return {
    [at('pg')]: { engine: 'postgresql' as const, version: '17', port: 5432, ...postgresql },
    [at('mysql')]: { engine: 'mysql' as const, version: '8.4', port: 3306, ...inside('e-commerce-shared', 'mysql') },
    [at('redis')]: { engine: 'redis' as const, version: '7.4', port: 6379, ...inside('redis', 'redis') },
    [at('rabbitmq')]: { engine: 'rabbitmq' as const, version: '4.1', port: 5672, ...rabbitmq },
    [at('minio')]: { engine: 's3' as const, version: '2025-09', port: 9000, ...inside('minio', 'minio') },
    [at('authentik')]: { engine: 'oidc' as const, version: '2026.5', port: 443, ...authentik },
  };
}

function serversOf(area: string) {
  return {
    ...{ postgresql: `pg-${area}-1`, mysql: `mysql-${area}-1`, redis: `redis-${area}-1` },
    ...{ rabbitmq: `rabbitmq-${area}-1`, s3: `minio-${area}-1`, oidc: `authentik-${area}-1` },
  };
}

/** The example installation: three clusters with different routing and secret stores, in three jurisdictions. */
export const { platform, defineTenant } = definePlatform({
  name: 'example',
  environment: 'production',
  products: [collect, frontbase, nekotab, unity, wordpress],
  git: { repository: 'https://git.example.com/saas/tenants.git' },
  regions: {
    'eu-central': { jurisdiction: 'eu' },
    'us-east': { jurisdiction: 'us' },
    'ap-southeast': { jurisdiction: 'apac' },
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
        solver,
      },
      secretStore: { kind: 'vault', server: 'https://vault.eu.example.com' },
      monitoring: {
        namespace: 'monitoring',
        podLabels: { 'app.kubernetes.io/name': 'prometheus' },
        monitorLabels: { release: 'prometheus' },
        prober: 'blackbox-exporter.monitoring:9115',
      },
      apiServer: { cidrs: ['10.0.0.0/28'] },
      storageClass: 'fast',
      operators: [...operators],
      nodePools,
      servers: serversOf('eu'),
      endpoints: { traces },
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
        solver,
      },
      secretStore: {
        kind: 'aws-secrets-manager',
        region: 'us-east-1',
        roleArn: 'arn:aws:iam::123456789012:role/tenant-{id}-secrets',
      },
      monitoring: {
        namespace: 'monitoring',
        podLabels: { 'app.kubernetes.io/name': 'prometheus' },
        prober: 'blackbox-exporter.monitoring:9115',
      },
      apiServer: { cidrs: ['10.0.1.0/28'] },
      storageClass: 'gp3',
      operators: [...operators],
      nodePools,
      servers: serversOf('us'),
      endpoints: { traces },
      backupStore: 'backup-us',
      products: withoutUnity,
    },
    'ap-1': {
      region: 'ap-southeast',
      podCidrs: ['10.192.0.0/12'],
      serviceCidrs: ['10.224.0.0/16'],
      routing: {
        kind: 'traefik',
        peers: [{ namespace: 'traefik', podLabels: { 'app.kubernetes.io/name': 'traefik' } }],
        issuer: 'letsencrypt',
        challenge: 'dns01',
        addresses: ['203.0.113.100'],
      },
      // No store of its own yet: Secrets in namespaces that tenants do not see.
      secretStore: { kind: 'kubernetes' },
      monitoring: {
        namespace: 'monitoring',
        podLabels: { 'app.kubernetes.io/name': 'prometheus' },
        prober: 'blackbox-exporter.monitoring:9115',
      },
      apiServer: { cidrs: ['10.0.2.0/28'] },
      storageClass: 'standard',
      operators: [...operators],
      nodePools,
      servers: serversOf('ap'),
      endpoints: { traces },
      backupStore: 'backup-ap',
      products: withoutUnity,
    },
  },
  servers: {
    ...regionalServers('eu', 'eu-central', '10.20.0.0/24'),
    ...regionalServers('us', 'us-east', '10.21.0.0/24'),
    ...regionalServers('ap', 'ap-southeast', '10.22.0.0/24'),
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
    'backup-ap': {
      region: 'ap-southeast',
      repository: 's3:https://s3.ap.example.com/tenant-backups',
      peer: { cidr: '203.0.113.32/28' },
    },
  },
  backup: { image: 'registry.example.com/platform/backup:1.2.0' },
});
