import type { BackingService } from './offer';
import type { Cluster, Engine } from './platform';

/** Kinds whose server a state is filed under, the most telling first. */
const FILED_UNDER: readonly (readonly [kind: string, engine: Engine])[] = [
  ['postgresql', 'postgresql'],
  ['postgresql-rows', 'postgresql'],
  ['mysql', 'mysql'],
  ['bucket', 's3'],
  ['oauth-client', 'oidc'],
];

export interface StateKeyContext {
  readonly environment: string;
  readonly clusterName: string;
  readonly cluster: Pick<Cluster, 'servers'>;
  /** Servers that the tenant names. */
  readonly servers: Readonly<Record<string, string>>;
  /** The tenant's id, or what stands for it. */
  readonly name: string;
}

/**
 * Where Terraform's state of a stack is: `<environment>/<server>/<tenant>`, for life. It follows from all that the product may ask for
 * and not from the features that are on, so that switching one on or off never looks for the state in another place.
 */
export function stateKey(backing: readonly BackingService[], context: StateKeyContext): string {
  const { environment, clusterName, cluster, servers, name } = context;
  for (const [kind, engine] of FILED_UNDER) {
    const first = backing.find((service) => service.kind === kind);
    const pinned = first !== undefined && Object.hasOwn(servers, first.name) ? servers[first.name] : undefined;
    const server = first === undefined ? undefined : (pinned ?? cluster.servers[engine]);
    if (server !== undefined) return `${environment}/${server}/${name}`;
  }
  return `${environment}/${clusterName}/${name}`;
}
