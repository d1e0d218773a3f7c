import { Construct } from 'constructs';
import type { BackupAccess } from '../model/resolved';
import { arn, keepVersions, type MinioProvider, type MinioUser, users } from './minio';
import type { Entry } from './secret-store';

export interface BackupRepositoryProps {
  readonly provider: MinioProvider;
  readonly access: BackupAccess;
  /** With the key that the user has, as `secretAccessKey`. */
  readonly entry: Entry;
}

/** Whoever copies a tenant's data: into one repository, and out of none. Backups go on while a tenant is suspended. */
export class BackupRepository extends Construct {
  readonly login: MinioUser | undefined;

  constructor(scope: Construct, id: string, { provider, access, entry }: BackupRepositoryProps) {
    super(scope, id);
    const { user } = access;
    [this.login] = users(
      this,
      [{ use: 'backup', user, secret: entry.value('secretAccessKey'), version: entry.version }],
      { provider, name: user, policy: repositoryPolicy(access), disabled: false },
    );
  }
}

/**
 * What restic needs to add snapshots: it removes nothing but its own locks. Writing over an object is possible in S3; the bucket's lock
 * keeps what was there.
 */
export function repositoryPolicy({ bucket, prefix }: Pick<BackupAccess, 'bucket' | 'prefix'>): object {
  return {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: ['s3:GetBucketLocation'], Resource: [arn(bucket)] },
      {
        Effect: 'Allow',
        Action: ['s3:ListBucket'],
        Resource: [arn(bucket)],
        Condition: { StringLike: { 's3:prefix': [`${prefix}*`] } },
      },
      {
        Effect: 'Allow',
        Action: ['s3:AbortMultipartUpload', 's3:GetObject', 's3:ListMultipartUploadParts', 's3:PutObject'],
        Resource: [arn(bucket, `${prefix}*`)],
      },
      { Effect: 'Allow', Action: ['s3:DeleteObject'], Resource: [arn(bucket, `${prefix}locks/*`)] },
      keepVersions([arn(bucket, `${prefix}*`)]),
    ],
  };
}
