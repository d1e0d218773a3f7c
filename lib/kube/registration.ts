import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { PlatformData } from '../model/platform';
import type { Tenant } from '../model/resolved';
import { SharedIngress } from './network';
import { Retention } from './retention';

export interface RegistrationProps {
  readonly platform: PlatformData;
  readonly tenant: Tenant;
}

/**
 * What one tenant adds to namespaces that it does not own: it lies in a file of its own beside `_platform`, so that no list of all tenants
 * exists for two pull requests to conflict on.
 */
export class Registration extends Chart {
  readonly retention: Retention;
  readonly sharedIngress: SharedIngress;

  constructor(scope: Construct, id: string, { platform, tenant }: RegistrationProps) {
    super(scope, id, { disableResourceNameHashes: true });
    this.sharedIngress = new SharedIngress(this, 'shared-ingress', { tenant });
    this.retention = new Retention(this, 'retention', { platform, tenant });
  }
}

/** Kinds that a registration may hold: Argo CD's project of `_platform` allows them whether or not a tenant has them. */
export const REGISTRATION_KINDS = [
  { group: 'batch', kind: 'CronJob' },
  { group: 'external-secrets.io', kind: 'ExternalSecret' },
  { group: 'networking.k8s.io', kind: 'NetworkPolicy' },
] as const;
