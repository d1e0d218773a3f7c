import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { Space } from '../model/resolved';
import { type SecretEntry, secretsName } from './environment';
import { externalSecret } from './external-secret';

export interface WorkloadSecretsProps {
  readonly space: Space;
  /** Service, job or `backup`. */
  readonly workload: string;
  /** What its Secret holds, by key; `secretEntries` lists it. */
  readonly entries: readonly SecretEntry[];
}

/**
 * The secrets of one workload: External Secrets reads them with the space's own account and writes one Secret, with a key
 * for each variable and file. No value is ever here. Suspension changes nothing of it.
 */
export class WorkloadSecrets extends Construct {
  readonly externalSecret: ApiObject;

  constructor(scope: Construct, id: string, { space, workload, entries }: WorkloadSecretsProps) {
    super(scope, id);
    this.externalSecret = externalSecret(this, 'external-secret', space, {
      name: secretsName(workload),
      entries,
      metadata: { wave: 'secret', component: workload },
    });
  }
}
