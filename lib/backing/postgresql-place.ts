import { isDeepStrictEqual } from 'node:util';
import type { Claim, OfferContext, Peer, Provision } from '../model/offer';
import { egressProblem } from '../model/outside';
import { peerAt } from '../model/peer';
import { sharedPlace } from './shared-place';

/** Where a PostgreSQL database lies: on a server of the platform, on the tenant's own, or somewhere else. */

/** What is asked of it. */
export interface PlaceOptions {
  readonly provision: Provision;
  readonly extensions: readonly string[];
  readonly own: { readonly image: string; readonly instances: number };
  readonly external: {
    readonly host: string;
    readonly port: number;
    readonly cidr: string;
    readonly jurisdiction: string;
  } | null;
}

export interface DatabasePlace {
  readonly server: string | null;
  readonly host: string;
  readonly port: number;
  readonly peer: Peer;
  /** Where its replicas are, and what has to be open for them besides. */
  readonly reader: { readonly host: string; readonly port: number; readonly peers: readonly Peer[] } | null;
  readonly systemAdmins: readonly string[];
  readonly jurisdiction: string;
  readonly tls: 'require' | 'prefer';
  readonly space: string;
  /** What tells this server from another of the same name: moving there takes a dump, and an older version reads no newer data. */
  readonly fixed: Claim['fixed'];
}

/** The place, or a refusal that says what the platform lacks. */
export function placeOf(name: string, options: PlaceOptions, context: OfferContext): DatabasePlace {
  if (options.provision === 'shared') {
    const found = context.server('postgresql');
    const place = sharedPlace(found, context);
    const fixed = { host: place.host, ...majorVersion(found.server.version) };
    const refused = options.extensions.find((extension) => !found.server.extensions.includes(extension));
    if (refused !== undefined) {
      context.refuse(
        `the extension ${JSON.stringify(refused)}, which ${found.name} does not let tenants have`,
        `write one of its extensions (${found.server.extensions.join(', ')}), or add it to servers.${found.name}.extensions`,
        'extensions',
      );
    }
    const tls = found.server.tls === 'disable' ? 'prefer' : 'require';
    const { reader, systemAdmins } = found.server;
    // A way that is open need not be opened again.
    const peers = reader === null ? [] : [peerAt(reader.peer, reader.port)];
    const others = peers.filter((peer) => !isDeepStrictEqual(peer, place.peer));
    const replicas = reader === null ? null : { host: reader.host, port: reader.port, peers: others };
    return { ...place, reader: replicas, systemAdmins, tls, space: place.server, fixed };
  }
  if (options.provision === 'external') {
    const { external } = options;
    const outside = external === null ? null : egressProblem(external.cidr, context.cluster);
    if (outside !== null) return context.refuse(outside, 'write the range that the database really lies in');
    if (external === null)
      return context.refuse(
        'an external database without an address',
        'write external: { host, cidr, jurisdiction } in its options',
      );
    const { host, port, cidr, jurisdiction } = external;
    return {
      server: null,
      host,
      port,
      peer: { kind: 'cidr', cidr, port },
      reader: null,
      systemAdmins: [],
      jurisdiction,
      tls: 'require',
      space: `${host}:${port}`,
      fixed: {},
    };
  }
  const hasOperator = context.cluster.operators.includes('cloudnative-pg');
  if (hasOperator && context.cluster.apiServer === null) {
    context.refuse(
      `an own server by cloudnative-pg, whose instances talk to the API server, and ${context.clusterName} does not say where that is`,
      `write clusters.${context.clusterName}.apiServer: { cidrs: [...] } in the platform`,
    );
  }
  if (options.own.instances > 1 && !hasOperator) {
    context.refuse(
      `${options.own.instances} instances, which only an operator keeps in step, and ${context.clusterName} has none`,
      'write instances: 1, or list cloudnative-pg in the operators of the cluster',
    );
  }
  return {
    server: null,
    // The operator's service for reading and writing, else the StatefulSet's own.
    host: hasOperator ? `${name}-rw` : name,
    port: 5432,
    peer: { kind: 'pods', namespace: context.namespace, podLabels: ownLabels(name, context), port: 5432 },
    // Replicas are pods of the same server; the operator's service for them has no other.
    reader: options.own.instances > 1 ? { host: `${name}-ro`, port: 5432, peers: [] } : null,
    systemAdmins: [],
    jurisdiction: context.jurisdiction,
    // A plain server speaks no TLS, and its traffic never leaves the namespace.
    tls: hasOperator ? 'require' : 'prefer',
    space: `${context.clusterName}/${context.namespace}/${name}`,
    fixed: { operator: hasOperator ? 'cloudnative-pg' : 'none', ...majorVersion(options.own.image) },
  };
}

/** Labels of the pods of a server of the tenant's own. */
export function ownLabels(name: string, context: OfferContext): Record<string, string> {
  return context.cluster.operators.includes('cloudnative-pg')
    ? { 'cnpg.io/cluster': name }
    : { 'app.kubernetes.io/instance': context.id, 'app.kubernetes.io/name': name };
}

// --- internal ---

/** The number that no data directory goes back behind; nothing where the text does not begin with one. */
function majorVersion(text: string): { readonly version?: number } {
  const digits = /(?:^|:)(\d+)/.exec(text.replace(/@.*$/, '').replace(/^[^/]*\//, ''))?.[1];
  return digits === undefined ? {} : { version: Number(digits) };
}
