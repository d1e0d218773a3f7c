import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { PlatformData } from '../model/platform';
import type { Tenant } from '../model/resolved';
import { type Kind, tenantKinds } from './kinds';
import { SharedNetwork } from './network';
import { Projection } from './projection';
import { Retention } from './retention';
import { Routes, sharedRoutes } from './routes';

export interface RegistrationProps {
  readonly platform: PlatformData;
  readonly tenant: Tenant;
}

/**
 * What one tenant adds to namespaces that it does not own: it lies in a file of its own beside `_platform`, so that no list of all tenants
 * exists for two pull requests to conflict on.
 */
export class Registration extends Chart {
  readonly sharedNetwork: SharedNetwork;
  /** Null where the product's shared services are told nothing. */
  readonly projection: Projection | null;
  /** Null where none of its hosts leads to a shared service. */
  readonly routes: Routes | null;
  readonly retention: Retention;

  constructor(scope: Construct, id: string, { platform, tenant }: RegistrationProps) {
    super(scope, id, { disableResourceNameHashes: true });
    const { projection } = tenant;
    this.sharedNetwork = new SharedNetwork(this, 'shared-network', { tenant });
    this.projection =
      projection === null
        ? null
        : new Projection(this, 'projection', { tenant, projection, namespace: sharedNamespace(tenant) });
    this.routes =
      tenant.sharedRoutes.length === 0
        ? null
        : new Routes(this, 'routes', { space: sharedRoutes(tenant, sharedNamespace(tenant)) });
    this.retention = new Retention(this, 'retention', { platform, tenant });
  }
}

/**
 * Every kind that a registration on this cluster may ever hold, whatever it holds now: Argo CD prunes no object of a kind that
 * the project of `_platform` does not admit.
 */
export function registrationKinds(cluster: Parameters<typeof tenantKinds>[0]): Kind[] {
  return [...tenantKinds(cluster).filter(({ group, kind }) => GROUPS[group]?.includes(kind)), PLAIN_SECRET];
}

// --- internal ---

/** What shared services are told where features leave nothing secret in it; no tenant has one in its own namespace. */
const PLAIN_SECRET: Kind = { group: '', kind: 'Secret' };

/** Of all controllers; a cluster has only those kinds that a tenant may have too. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  '': ['ConfigMap'],
  batch: ['CronJob', 'Job'],
  'cert-manager.io': ['Certificate'],
  'external-secrets.io': ['ExternalSecret', 'SecretStore'],
  'gateway.envoyproxy.io': ['BackendTrafficPolicy', 'HTTPRouteFilter'],
  'gateway.networking.k8s.io': ['HTTPRoute', 'ListenerSet'],
  'networking.k8s.io': ['Ingress', 'NetworkPolicy'],
  'traefik.io': ['IngressRoute', 'Middleware'],
};

function sharedNamespace({ id, product, shared }: Tenant): string {
  if (shared === null) throw new Error(`${id} needs shared services, and ${product} has none`);
  return shared.namespace;
}
