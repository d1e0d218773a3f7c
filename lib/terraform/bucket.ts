import { Construct } from 'constructs';
import type { BucketDetails } from '../backing/bucket';
import type { Login } from '../model/credentials';
import {
  arn,
  bareBucket,
  keepVersions,
  type MinioBucket,
  type MinioProvider,
  type MinioUser,
  users,
  versioned,
} from './minio';
import type { Entry } from './secret-store';

export interface BucketsProps {
  readonly provider: MinioProvider;
  readonly details: BucketDetails;
  readonly entry: (login: Login) => Entry;
  readonly suspended: boolean;
}

/**
 * Buckets of one tenant and two users who take turns. What they overwrite or delete stays as an older version, which they can read and
 * not remove.
 */
export class Buckets extends Construct {
  readonly buckets: readonly MinioBucket[];
  readonly logins: readonly MinioUser[];

  constructor(scope: Construct, id: string, { provider, details, entry, suspended }: BucketsProps) {
    super(scope, id);
    this.buckets = details.buckets.map(({ use, name }) =>
      details.versioning
        ? versioned(this, `bucket-${use}`, {
            ...{ provider, bucket: name, locked: false },
            days: details.expireNoncurrentDays,
          })
        : bareBucket(this, `bucket-${use}`, provider, name),
    );
    const names = details.buckets.map(({ name }) => name);
    this.logins = users(
      this,
      details.logins.map((login) => {
        const { value, version } = entry(login);
        return { ...login, secret: value.call(entry(login), login.password.key), version };
      }),
      { provider, name: details.base, policy: bucketPolicy(names), disabled: suspended },
    );
  }
}

/** Everything that an application does with objects in these buckets, and nothing with buckets. */
export function bucketPolicy(buckets: readonly string[]): object {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
        Resource: buckets.map((bucket) => arn(bucket)),
      },
      {
        Effect: 'Allow',
        Action: [
          ...['s3:AbortMultipartUpload', 's3:DeleteObject', 's3:GetObject', 's3:ListMultipartUploadParts'],
          's3:PutObject',
        ],
        Resource: buckets.map((bucket) => arn(bucket, '*')),
      },
      keepVersions(buckets.map((bucket) => arn(bucket, '*'))),
    ],
  };
}
