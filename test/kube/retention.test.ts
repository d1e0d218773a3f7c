import { ExternalSecret } from '@kubernetes-models/external-secrets/external-secrets.io/v1/ExternalSecret';
import { SecretStore } from '@kubernetes-models/external-secrets/external-secrets.io/v1/SecretStore';
import { ApiObject, App, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { BackupNamespace } from '../../lib/kube/backup-namespace';
import { ClusterPlatform } from '../../lib/kube/cluster-platform';
import { MAINTAIN, Retention } from '../../lib/kube/retention';
import { BACKUP_SPACE_ID, backupSpace, retentionWindow } from '../../lib/model/backup-space';
import type { PlatformData } from '../../lib/model/platform';
import type { Space } from '../../lib/model/resolved';
import { type JsonObject, toManifest } from '../../lib/synth/yaml';
import { backup, cluster, tenant } from './fixture';

const platform = {
  environment: 'production',
  clusters: { 'eu-1': cluster },
  backupStores: { 's3-eu': backup().store },
  backup: {
    image: 'registry.example/platform/backup:1.0.0',
    window: { from: '22:00', to: '06:00' },
    perMinute: 60,
    namespace: 'tenantry-backup',
  },
} as unknown as PlatformData;

const chart = () => new Chart(new App(), 'test');

function retention(of = tenant()) {
  return new Retention(chart(), 'retention', { platform, tenant: of });
}

function spec(of?: ReturnType<typeof tenant>) {
  return retention(of).cronJob?.toJson().spec;
}

const objects = (scope: Construct): JsonObject[] =>
  scope.node.findAll().flatMap((node) => (ApiObject.isApiObject(node) ? [node.toJson() as JsonObject] : []));

test('a tenant has one weekly job in the namespace of the platform, named by its id', () => {
  const { metadata, spec } = retention().cronJob?.toJson() ?? {};
  expect(metadata).toMatchObject({ name: 'acme', namespace: 'tenantry-backup', labels: { tenant: 'acme' } });
  expect(spec.schedule).toMatch(/^\d+ \d+ \* \* [0-6]$/);
  expect(spec).toMatchObject({ timeZone: 'Etc/UTC', concurrencyPolicy: 'Forbid' });
  expect(spec.startingDeadlineSeconds).toBeUndefined();
});

test('a tenant without a backup has none', () => {
  const { cronJob, password } = retention(tenant({ backup: null }));
  expect([cronJob, password]).toEqual([null, null]);
});

test('retention goes on while the tenant is suspended', () => {
  expect(spec(tenant({ suspended: true, state: 'suspended' }))).toEqual(spec());
});

test('retention jobs start outside the window of the backups, spread over days and hours', () => {
  expect(retentionWindow(platform)).toEqual({ from: 520, length: 640 });
  const starts = Array.from({ length: 50 }, (_, i) => spec(tenant({ id: `tenant-${i}` })).schedule.split(' '));
  for (const [, hour] of starts) expect(Number(hour)).toBeGreaterThanOrEqual(8);
  for (const [, hour] of starts) expect(Number(hour)).toBeLessThan(20);
  expect(new Set(starts.map(([, , , , day]) => day)).size).toBe(7);
});

test('a window of backups that leaves a minute of the day leaves that minute to retention', () => {
  const all = { ...platform, backup: { ...platform.backup, window: { from: '00:00', to: '23:59' } } };
  expect(retentionWindow(all)).toEqual({ from: 1439, length: 1 });
});

test('the script is the same for all tenants; what differs are its arguments', () => {
  const { script } = new BackupNamespace(chart(), 'backup', { platform, clusterName: 'eu-1' });
  expect(script.toJson().data).toEqual({ maintain: MAINTAIN });
  const [container] = spec().jobTemplate.spec.template.spec.containers;
  const repository = 's3:https://s3.eu.example/backups/eu-1/acme';
  expect(container.command).toEqual(['/bin/sh', '/retention/maintain', repository, '30', '12', '12']);
  expect(container.env).toBeUndefined();
});

test('passwords and keys arrive as files from the Secrets that bring them', () => {
  const { volumes } = spec().jobTemplate.spec.template.spec;
  const { sources } = volumes[1].projected;
  expect(sources).toEqual([
    { configMap: { name: 'retention' } },
    { secret: { name: 'maintenance.s3-eu-secrets' } },
    { secret: { name: 'acme' } },
  ]);
  const password = retention().password?.toJson();
  expect(password.spec.data).toEqual([
    { secretKey: 'RESTIC_PASSWORD', remoteRef: { key: 'production/nekotab/acme/backup', property: 'password' } },
  ]);
});

test('retention pods bear the labels of their tenant, and those that policies of the namespace select', () => {
  const { labels } = spec().jobTemplate.spec.template.metadata;
  expect(labels).toMatchObject({
    ...tenant().labels,
    'app.kubernetes.io/instance': BACKUP_SPACE_ID,
    'app.kubernetes.io/name': 'backup',
  });
});

test('retention pods count against the quota of jobs, and fit it', () => {
  const pod = spec().jobTemplate.spec.template.spec;
  const { jobQuota } = backupSpace(platform, 'eu-1');
  expect(pod.activeDeadlineSeconds).toBe(21_600);
  expect(pod.restartPolicy).toBe('Never');
  expect(jobQuota.pods).toBeGreaterThan(2500 / (7 * 10 * 2));
});

test('the namespace opens the way to the backup store and to DNS only', () => {
  const { network } = new BackupNamespace(chart(), 'backup', { platform, clusterName: 'eu-1' });
  expect([...network.openings.keys()]).toEqual(['backup']);
  const { egress, ingress } = network.openings.get('backup')?.toJson()?.spec ?? {};
  expect(ingress ?? []).toEqual([]);
  expect(egress).toEqual([{ to: [{ ipBlock: { cidr: '198.51.100.0/24' } }], ports: [{ port: 443, protocol: 'TCP' }] }]);
});

test('the namespace has room for a job of every tenant', () => {
  const { base } = new BackupNamespace(chart(), 'backup', { platform, clusterName: 'eu-1' });
  const { hard } = base.objects.toJson().spec;
  expect(hard).toMatchObject({ 'count/cronjobs.batch': '10000', 'count/jobs.batch': '30000', secrets: '10000' });
});

test('credentials that can remove are read by the reader of that namespace', () => {
  const { maintenance, secretStore } = new BackupNamespace(chart(), 'backup', { platform, clusterName: 'eu-1' });
  const { spec, metadata } = maintenance.externalSecret.toJson();
  expect(metadata.name).toBe('maintenance.s3-eu-secrets');
  expect(spec.data.map((entry: { remoteRef: { key: string; property: string } }) => entry.remoteRef)).toMatchObject([
    { key: 'production/platform/backup/s3-eu', property: 'accessKeyId' },
    { key: 'production/platform/backup/s3-eu', property: 'secretAccessKey' },
  ]);
  expect(secretStore.store.toJson().spec.provider.vault.auth.kubernetes.role).toBe('tenantry-backup');
});

describe('where a store knows a place of secrets by its namespace', () => {
  const store = { kind: 'kubernetes' as const, namespace: 'store-{id}' };
  const inside = { ...platform, clusters: { 'eu-1': { ...cluster, secretStore: store } } };
  const secretReader = { role: 'store-acme' };
  const made = new Retention(chart(), 'retention', { platform: inside, tenant: tenant({ secretReader }) });

  test('a tenant’s password is read where that tenant’s entries are', () => {
    expect(made.secretStore?.toJson()).toMatchObject({
      metadata: { name: 'tenant.acme', namespace: 'tenantry-backup' },
      spec: { provider: { kubernetes: { remoteNamespace: 'store-acme' } } },
    });
    expect(made.password?.toJson().spec.secretStoreRef).toEqual({ name: 'tenant.acme' });
    new SecretStore(made.secretStore?.toJson() as never).validate();
  });

  test('that of shared services is read where theirs are', () => {
    const space = { ...tenant({ id: 'nekotab', secretReader: { role: 'store-shared' } }), kind: 'shared' as const };
    const props = { platform: inside, clusterName: 'eu-1', products: [], shared: [space], priorities: [] };
    const [retention] = new ClusterPlatform(new App(), 'eu-1', props).retention;
    expect(retention?.secretStore?.toJson().spec.provider.kubernetes.remoteNamespace).toBe('store-shared');
  });

  test('without a backup there is none', () => {
    const none = tenant({ secretReader, backup: null });
    expect(new Retention(chart(), 'retention', { platform: inside, tenant: none }).secretStore).toBeNull();
  });
});

test('elsewhere one reader of that namespace reads every tenant’s password', () => {
  expect(cluster.secretStore.kind).toBe('vault');
  expect(retention().secretStore).toBeNull();
  expect(retention().password?.toJson().spec.secretStoreRef).toEqual({ name: 'secret-store' });
});

test('custom resources are what their published schemas want', () => {
  const all = [
    ...objects(retention()),
    ...objects(new BackupNamespace(chart(), 'backup', { platform, clusterName: 'eu-1' })),
  ];
  const secrets = all.filter(({ kind }) => kind === 'ExternalSecret');
  expect(secrets).toHaveLength(2);
  for (const secret of secrets) new ExternalSecret(secret as never).validate();
  for (const store of all.filter(({ kind }) => kind === 'SecretStore')) new SecretStore(store as never).validate();
});

test('the longest tenant takes at most 3.5 KB of the 10 MB that Argo CD reads of a folder', () => {
  const id = `a${'b'.repeat(31)}`;
  const labels = {
    'app.kubernetes.io/managed-by': 'tenantry',
    'app.kubernetes.io/part-of': 'collect-verything',
    environment: 'production',
    tenant: id,
    plan: 'business',
    'cost-center': 'CC-ABC-001',
    'billing-id': 'sub_1PqRsTuVwXyZ0123456789',
  };
  const repository = `s3:https://s3.eu-west.internal.example/backups/eu-1/collect-verything-${id}`;
  const image = `registry.example/platform/backup:1.0.0@sha256:${'0'.repeat(64)}`;
  const of = tenant({
    id,
    labels,
    backup: backup({ repository, secretPath: `production/collect-verything/${id}/backup` }),
  });
  const pinned = { ...platform, backup: { ...platform.backup, image } };
  const made = new Retention(chart(), 'retention', { platform: pinned, tenant: of });
  expect(toManifest(objects(made)).length).toBeLessThan(3500);
});

test('a cluster or a store that the platform does not have is refused', () => {
  expect(() => backupSpace(platform, 'eu-9')).toThrow('the platform has no cluster eu-9');
  const other = { ...platform, clusters: { 'eu-1': { ...cluster, backupStore: 'gone' } } };
  expect(() => backupSpace(other, 'eu-1')).toThrow('the platform has no backup store gone');
});

test('a shared namespace with a backup has its retention too, named after its product', () => {
  const space = {
    ...tenant({ id: 'nekotab', namespace: 'nekotab-shared', routes: [], services: [], jobs: [] }),
    kind: 'shared' as const,
  };
  const platformWith = (shared: readonly Space[]) =>
    new ClusterPlatform(new App(), 'eu-1', { platform, clusterName: 'eu-1', products: [], shared, priorities: [] });
  const { retention } = platformWith([space]);
  expect(retention.map(({ cronJob }) => [cronJob?.name, cronJob?.metadata.namespace])).toEqual([
    ['shared-nekotab', 'tenantry-backup'],
  ]);
  expect(retention[0]?.password?.name).toBe('shared-nekotab');
  expect(platformWith([{ ...space, backup: null }]).retention).toEqual([]);
});
