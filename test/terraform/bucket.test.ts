import { repositoryPolicy } from '../../lib/terraform/backup-repository';
import { bucketPolicy } from '../../lib/terraform/bucket';
import { minioBaseline } from '../../lib/terraform/minio-server';
import { block, problemsOf, stacksOf } from './bazaar';
import type { Block } from './fixture';

const { acme, '_server-s3-1': server } = stacksOf('vault');

interface Statement {
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: unknown;
}
const statements = (policy: unknown) => (JSON.parse(policy as string) as { Statement: Statement[] }).Statement;
const reached = (policy: Block) => [...new Set(statements(policy.policy).flatMap(({ Resource }) => Resource))];

test('buckets keep older versions for a while, and no plan destroys them', () => {
  expect(block(acme, 'minio_s3_bucket', 'storage_bucket-files')).toMatchObject({
    bucket: 'bazaar-acme-files',
    acl: 'private',
    force_destroy: false,
    lifecycle: { prevent_destroy: true },
  });
  expect(block(acme, 'minio_s3_bucket_versioning', 'storage_bucket-media-versioning')).toMatchObject({
    bucket: '${minio_s3_bucket.storage_bucket-media.bucket}',
    versioning_configuration: [{ status: 'Enabled' }],
  });
  expect(block(acme, 'minio_ilm_policy', 'storage_bucket-media-lifecycle').rule).toEqual([
    { id: 'old-versions', expired_object_delete_marker: true, noncurrent_expiration: [{ days: '30d' }] },
  ]);
});

test('users reach these buckets and no others', () => {
  const policy = block(acme, 'minio_iam_policy', 'storage_policy');
  expect(reached(policy)).toEqual([
    'arn:aws:s3:::bazaar-acme-files',
    'arn:aws:s3:::bazaar-acme-media',
    'arn:aws:s3:::bazaar-acme-files/*',
    'arn:aws:s3:::bazaar-acme-media/*',
  ]);
  const actions = statements(policy.policy).flatMap(({ Effect, Action }) => (Effect === 'Allow' ? Action : []));
  expect(actions.filter((action) => /\*|Policy|Version|BucketAcl|CreateBucket|DeleteBucket/.test(action))).toEqual([]);
});

test('nobody removes a version: MinIO takes the right to delete for that, unless it is denied', () => {
  for (const policy of [bucketPolicy(['b']), repositoryPolicy({ bucket: 'b', prefix: 'c/n/' })]) {
    expect((policy as { Statement: Statement[] }).Statement.filter(({ Effect }) => Effect === 'Deny')).toMatchObject([
      { Action: ['s3:BypassGovernanceRetention', 's3:DeleteObjectVersion'] },
    ]);
  }
});

test('secret keys come from the store, by an argument that no state keeps', () => {
  for (const [use, resource] of [
    ['storage_a', 'storage_login-a'],
    ['storage_b', 'storage_login-b'],
    ['_backup', '_backup_login-backup'],
  ] as const) {
    const user = block(acme, 'minio_iam_user', resource);
    expect(user.secret_wo).toBe(`\${ephemeral.vault_kv_secret_v2._secrets_${use}_read.data["secretAccessKey"]}`);
    expect(user.secret_wo_version).toBe(1);
    expect(user).not.toHaveProperty('secret');
  }
});

test('a tenant that is suspended has its users disabled, but not the one that backs it up', () => {
  const suspended = stacksOf('vault', { lifecycle: { state: 'suspended' } }).acme;
  const disabled = (name: string) => block(suspended, 'minio_iam_user', name).disable_user;
  expect([disabled('storage_login-a'), disabled('storage_login-b'), disabled('_backup_login-backup')]).toEqual([
    true,
    true,
    false,
  ]);
  expect(suspended?.resource.minio_iam_policy).toEqual(acme?.resource.minio_iam_policy);
  expect(suspended?.resource.minio_s3_bucket).toEqual(acme?.resource.minio_s3_bucket);
});

describe('the repository of backups', () => {
  test('is added to and not removed from, but for locks', () => {
    const [, list, write, remove] = statements(block(acme, 'minio_iam_policy', '_backup_policy').policy);
    const prefix = 'vault/bazaar-acme/';
    expect(list?.Condition).toEqual({ StringLike: { 's3:prefix': [`${prefix}*`] } });
    expect(write?.Resource).toEqual([`arn:aws:s3:::backups/${prefix}*`]);
    expect(write?.Action).not.toContain('s3:DeleteObject');
    expect(remove).toEqual({
      Effect: 'Allow',
      Action: ['s3:DeleteObject'],
      Resource: [`arn:aws:s3:::backups/${prefix}locks/*`],
    });
  });

  test('has an entry with all that restic needs', () => {
    const { data_json_wo: written } = block(acme, 'vault_kv_secret_v2', '_secrets__backup_entry');
    expect(written).toContain('"password" = ');
    expect(written).toContain('"secretAccessKey" = ');
    expect(written).toContain('"accessKeyId" = "backup.vault.bazaar-acme"');
    expect(block(acme, 'minio_iam_user', '_backup_login-backup').name).toBe('backup.vault.bazaar-acme');
  });

  test('of a store that is somebody else’s has a password alone', () => {
    const elsewhere = stacksOf('vault', {}, { backupStore: { server: null, repository: 's3:https://s3.aws/b' } });
    const { data_json_wo: written } = block(elsewhere.acme, 'vault_kv_secret_v2', '_secrets__backup_entry');
    expect(written).toContain('"password" = ');
    expect(written).not.toContain('accessKey');
    expect(elsewhere.acme?.resource.minio_iam_user).not.toHaveProperty('_backup_login-backup');
    expect(elsewhere).not.toHaveProperty('_server-s3-1');
  });

  test('lies in a bucket of the server’s stack, which keeps what was deleted', () => {
    expect(block(server, 'minio_s3_bucket', 'backups')).toMatchObject({
      bucket: 'backups',
      object_locking: true,
      force_destroy: false,
      lifecycle: { prevent_destroy: true },
    });
    expect(block(server, 'minio_s3_bucket_object_lock_configuration', 'backups-lock').rule).toEqual([
      { default_retention: [{ mode: 'GOVERNANCE', days: 30 }] },
    ]);
    expect(block(server, 'minio_ilm_policy', 'backups-lifecycle').rule).toMatchObject([
      { noncurrent_expiration: [{ days: '30d' }] },
    ]);
  });

  test.each([
    [{ server: 'my-1' }, 'backupStores.backups.server', 'name a server of engine s3'],
    [{ server: 's3-2' }, 'backupStores.backups.server', 'did you mean "s3-1"?'],
    [{ repository: 's3:https://other.example/backups' }, 'backupStores.backups.repository', '<bucket>'],
    [{ repository: 's3:http://s3-1.example:9000/backups' }, 'backupStores.backups.repository', '<bucket>'],
    [{ repository: 's3:https://s3-1.example:9000/backups/below' }, 'backupStores.backups.repository', '<bucket>'],
    [{ repository: 's3:https://s3-1.example:9000/*' }, 'backupStores.backups.repository', '<bucket>'],
    [{ region: 'us' }, 'backupStores.backups.region', 'write "eu"'],
    [{ lockDays: 0 }, 'backupStores.backups.lockDays', ''],
  ])('%j is refused', (backupStore, path, fix) => {
    expect(problemsOf({ backupStore })).toEqual([expect.objectContaining({ path, fix: expect.stringContaining(fix) })]);
  });

  test.each([
    [{}, {}],
    [{ repository: 's3:http://s3-1.example:9000/backups' }, { tls: 'disable' }],
    [{ repository: 's3:https://s3-1.example/backups' }, { port: 443 }],
  ])('%j is accepted', (backupStore, changes) => {
    expect(problemsOf({ backupStore, servers: { 's3-1': changes } })).toEqual([]);
  });
});

test('a storage that speaks no TLS is called so by applications too', () => {
  const stack = stacksOf('vault', {}, { servers: { 's3-1': { tls: 'disable' } }, backupStore: { server: null } }).acme;
  expect(stack?.provider.minio?.[0]).toMatchObject({ minio_server: 's3-1.example:9000', minio_ssl: false });
});

test('the administrator makes buckets and users, and neither reads objects nor removes any', () => {
  const actions = statements(minioBaseline()).flatMap(({ Action }) => Action);
  expect(
    actions.filter((action) => /\*|Object$|ObjectVersion|DeleteBucket$|Server|Config(Update|Set)/.test(action)),
  ).toEqual([]);
});
