import type { Construct } from 'constructs';
import type { Login } from '../model/credentials';
import type { Server } from '../model/platform';
import { Provider, SecretVariable } from './elements';
import type { Expression } from './expression';
import { variableName } from './stack';
import { resourceOf, type Text } from './typed';

/** MinIO, as its provider has it. */

export type StorageServer = Extract<Server, { readonly engine: 's3' }>;

export class MinioBucket extends resourceOf<{
  readonly bucket: Text;
  readonly acl: 'private';
  readonly force_destroy: false;
  readonly object_locking?: true;
}>('minio_s3_bucket') {}

export class MinioVersioning extends resourceOf<{
  readonly bucket: Text;
  readonly versioning_configuration: readonly [{ readonly status: 'Enabled' }];
}>('minio_s3_bucket_versioning') {}

export class MinioObjectLock extends resourceOf<{
  readonly bucket: Text;
  readonly object_lock_enabled: 'Enabled';
  readonly rule: readonly [
    { readonly default_retention: readonly [{ readonly mode: 'GOVERNANCE' | 'COMPLIANCE'; readonly days: number }] },
  ];
}>('minio_s3_bucket_object_lock_configuration') {}

export class MinioLifecycle extends resourceOf<{
  readonly bucket: Text;
  readonly rule: readonly [
    {
      readonly id: Text;
      readonly expired_object_delete_marker: boolean;
      /** As in `30d`. */
      readonly noncurrent_expiration: readonly [{ readonly days: string }];
    },
  ];
}>('minio_ilm_policy') {}

export class MinioUser extends resourceOf<{
  readonly name: Text;
  readonly secret_wo: Expression;
  readonly secret_wo_version: number;
  readonly disable_user: boolean;
}>('minio_iam_user') {}

export class MinioPolicy extends resourceOf<{ readonly name: Text; readonly policy: Text }>('minio_iam_policy') {}

export class MinioAttachment extends resourceOf<{ readonly user_name: Text; readonly policy_name: Text }>(
  'minio_iam_user_policy_attachment',
) {}

/** The connection to a storage as its administrator, whose secret key is CI's. */
export class MinioProvider extends Provider {
  constructor(scope: Construct, name: string, server: StorageServer) {
    const { host, port, admin, tls, storageRegion } = server;
    const password = new SecretVariable(scope, variableName(name, 'password'), `Secret key of ${admin} on ${name}.`);
    super(scope, name, {
      name: 'minio',
      alias: name,
      arguments: {
        minio_server: `${host}:${port}`,
        minio_user: admin,
        minio_password: password.value,
        minio_region: storageRegion,
        minio_ssl: tls !== 'disable',
        minio_insecure: tls === 'require',
      },
    });
  }
}

/** A bucket that no plan destroys, which keeps what is overwritten and deleted for a while. */
export function versioned(
  scope: Construct,
  id: string,
  { provider, bucket, days, locked }: { provider: MinioProvider; bucket: string; days: number; locked: boolean },
): MinioBucket {
  const made = bareBucket(scope, id, provider, bucket, locked);
  const versioning = new MinioVersioning(scope, `${id}-versioning`, {
    provider,
    arguments: { bucket: made.attribute('bucket'), versioning_configuration: [{ status: 'Enabled' }] },
  });
  new MinioLifecycle(scope, `${id}-lifecycle`, {
    provider,
    arguments: {
      bucket: made.attribute('bucket'),
      rule: [
        {
          id: 'old-versions',
          // What marks a deletion goes with the last version that it hides.
          expired_object_delete_marker: true,
          noncurrent_expiration: [{ days: `${days}d` }],
        },
      ],
    },
    after: [versioning],
  });
  return made;
}

export function bareBucket(
  scope: Construct,
  id: string,
  provider: MinioProvider,
  bucket: string,
  locked = false,
): MinioBucket {
  const lock = locked ? ({ object_locking: true } as const) : {};
  return new MinioBucket(scope, id, {
    provider,
    arguments: { bucket, acl: 'private', force_destroy: false, ...lock },
    preventDestroy: true,
  });
}

/** Users with one policy, which all have. */
export function users(
  scope: Construct,
  logins: readonly (Pick<Login, 'use' | 'user'> & { readonly secret: Expression; readonly version: number })[],
  { provider, name, policy, disabled }: { provider: MinioProvider; name: string; policy: object; disabled: boolean },
): MinioUser[] {
  const made = new MinioPolicy(scope, 'policy', { provider, arguments: { name, policy: JSON.stringify(policy) } });
  return logins.map(({ use, user, secret, version }) => {
    const login = new MinioUser(scope, `login-${use}`, {
      provider,
      arguments: { name: user, secret_wo: secret, secret_wo_version: version, disable_user: disabled },
    });
    new MinioAttachment(scope, `policy-${use}`, {
      provider,
      arguments: { user_name: login.attribute('name'), policy_name: made.attribute('name') },
    });
    return login;
  });
}

/** Whoever may delete an object may delete its versions too on MinIO, unless told that it may not. */
export function keepVersions(objects: readonly string[]): object {
  return { Effect: 'Deny', Action: ['s3:BypassGovernanceRetention', 's3:DeleteObjectVersion'], Resource: objects };
}

/** As policies name a bucket, or objects in it. */
export function arn(bucket: string, objects?: string): string {
  return `arn:aws:s3:::${bucket}${objects === undefined ? '' : `/${objects}`}`;
}
