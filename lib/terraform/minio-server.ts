import type { Construct } from 'constructs';
import { backupBucket } from '../model/backup-bucket';
import type { PlatformData } from '../model/platform';
import { MinioObjectLock, MinioProvider, type StorageServer, versioned } from './minio';
import { IsolatedStack } from './stack';

export interface MinioServerStackProps {
  readonly platform: PlatformData;
  readonly name: string;
  readonly server: StorageServer;
}

/**
 * The buckets of backup stores on a storage. What is written there stays for a while, whoever deletes it: a tenant's key may not, and
 * whoever may can only hide it. An administrator who asks for it can still remove it (`GOVERNANCE`).
 */
export class MinioServerStack extends IsolatedStack {
  constructor(scope: Construct, id: string, { platform, name, server }: MinioServerStackProps) {
    super(scope, id, { backend: platform.terraform.backend, key: `${platform.environment}/${name}/_server` });
    const provider = new MinioProvider(this, name, server);
    for (const [storeName, { lockDays }] of storesOn(platform, name)) {
      const bucket = backupBucket(platform, storeName)?.bucket ?? '';
      const made = versioned(this, storeName, { provider, bucket, days: lockDays, locked: true });
      new MinioObjectLock(this, `${storeName}-lock`, {
        provider,
        arguments: {
          bucket: made.attribute('bucket'),
          object_lock_enabled: 'Enabled',
          rule: [{ default_retention: [{ mode: 'GOVERNANCE', days: lockDays }] }],
        },
      });
    }
  }
}

/** Whether there is anything for the stack to do. */
export function hasBackupStores(platform: PlatformData, name: string): boolean {
  return storesOn(platform, name).length > 0;
}

/** What the storage's owner gives Terraform's administrator: buckets, users and policies, and no change of the server. */
export function minioBaseline(): string {
  const policy = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: [
          ...['admin:AttachUserOrGroupPolicy', 'admin:CreatePolicy', 'admin:CreateUser', 'admin:DeletePolicy'],
          ...['admin:DeleteUser', 'admin:DisableUser', 'admin:EnableUser', 'admin:GetPolicy', 'admin:GetUser'],
          ...['admin:ListUserPolicies', 'admin:ListUsers'],
        ],
      },
      {
        Effect: 'Allow',
        Action: [
          ...['s3:CreateBucket', 's3:GetBucketLocation', 's3:GetBucketObjectLockConfiguration', 's3:GetBucketPolicy'],
          ...['s3:GetBucketTagging', 's3:GetBucketVersioning', 's3:GetLifecycleConfiguration', 's3:ListBucket'],
          ...['s3:PutBucketObjectLockConfiguration', 's3:PutBucketPolicy', 's3:PutBucketVersioning'],
          ...['s3:DeleteBucketPolicy', 's3:PutLifecycleConfiguration'],
        ],
        Resource: ['arn:aws:s3:::*'],
      },
    ],
  };
  return `${JSON.stringify(policy, null, 2)}\n`;
}

// --- internal ---

function storesOn({ backupStores }: PlatformData, name: string) {
  return Object.entries(backupStores).filter(([, { server }]) => server === name);
}
