import type { Peer } from './offer';
import type { Server } from './platform';

/** Where connections to something of the platform go: its pods or its addresses, and the port that it answers on. */
export function peerAt(peer: Server['peer'], port: number): Peer {
  return 'cidr' in peer ? { kind: 'cidr', cidr: peer.cidr, port } : { kind: 'pods', ...peer, port };
}
