import {
  AzurermBackend,
  GcsBackend,
  HttpBackend,
  LocalBackend,
  PgBackend,
  S3Backend,
  type TerraformElement,
  TerraformStack,
} from 'cdktf';
import type { Construct } from 'constructs';
import { cut, fold } from '../model/names';
import type { StateBackend } from '../model/platform';
import { literal } from './expression';
import { TERRAFORM_VERSION } from './providers';

export interface IsolatedStackProps {
  readonly backend: StateBackend;
  /** Of its state: `production/pg-eu-1/acme`. Never changes. */
  readonly key: string;
}

/** A stack with a state of its own. Addresses are the paths of constructs, as they are for life. */
export class IsolatedStack extends TerraformStack {
  constructor(scope: Construct, id: string, { backend, key }: IsolatedStackProps) {
    super(scope, id);
    this.addOverride('terraform.required_version', TERRAFORM_VERSION);
    declareBackend(this, backend, key);
  }

  /** No name of ours has an underscore where another begins, so that two paths never meet; the hash of cdktf would add nothing. */
  protected override allocateLogicalId(element: TerraformElement): string {
    const { scopes } = element.node;
    return scopes
      .slice(scopes.indexOf(this) + 1)
      .map(({ node }) => node.id)
      .join('_');
  }
}

/** A variable's name that environments of processes can carry: `TF_VAR_pg_eu_1_password`. */
export function variableName(name: string, what: string): string {
  return `${fold(/^[a-z]/.test(name) ? name : `n${name}`)}_${what}`;
}

// --- internal ---

function declareBackend(stack: IsolatedStack, backend: StateBackend, key: string): void {
  switch (backend.kind) {
    case 's3': {
      const { bucket, region, kmsKeyId } = backend;
      const kms = kmsKeyId === null ? {} : { kmsKeyId: literal(kmsKeyId) };
      new S3Backend(stack, {
        bucket: literal(bucket),
        region: literal(region),
        key: `${key}.tfstate`,
        encrypt: true,
        ...kms,
      });
      // The class is older than the lock file.
      stack.addOverride('terraform.backend.s3.use_lockfile', true);
      return;
    }
    case 'gcs': {
      const kms = backend.kmsKey === null ? {} : { kmsEncryptionKey: literal(backend.kmsKey) };
      new GcsBackend(stack, { bucket: literal(backend.bucket), prefix: key, ...kms });
      return;
    }
    case 'azurerm': {
      const { resourceGroup, storageAccount, container } = backend;
      new AzurermBackend(stack, {
        resourceGroupName: literal(resourceGroup),
        storageAccountName: literal(storageAccount),
        containerName: literal(container),
        key: `${key}.tfstate`,
      });
      return;
    }
    case 'http': {
      const address = `${backend.address.replace(/\/+$/, '')}/${key}`;
      const lock = { lockAddress: literal(`${address}/lock`), unlockAddress: literal(`${address}/lock`) };
      new HttpBackend(stack, { address: literal(address), ...lock, lockMethod: 'POST', unlockMethod: 'DELETE' });
      return;
    }
    case 'pg':
      // PostgreSQL would cut it silently.
      new PgBackend(stack, { schemaName: cut(key.replaceAll('/', '.'), 'postgresIdentifier') } as ConstructorParameters<
        typeof PgBackend
      >[1]);
      return;
    case 'local':
      // Relative to the stack's folder, so that it is the same on every machine.
      new LocalBackend(stack, { path: `../../../../${backend.path}/${key}.tfstate` });
  }
}
