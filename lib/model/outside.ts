import { contains, exceptFor, METADATA, PRIVATE } from './networks';
import type { Peer } from './offer';
import type { Cluster } from './platform';
import type { Egress } from './service-schema';

/** Ways out of a cluster's own network, by address. What must stay closed to everybody is cut out of every range. */

/** An address range without those inside it that stay closed. */
export interface AddressRange {
  readonly kind: 'range';
  readonly cidr: string;
  readonly except: readonly string[];
}

/** Why nothing may be let out to a range, or null. */
export function egressProblem(to: Egress['to'], cluster: Pick<Cluster, 'podCidrs' | 'serviceCidrs'>): string | null {
  if (to === 'internet') return null;
  const inside =
    within(METADATA, "clouds' metadata", to) ??
    within(cluster.podCidrs, "the cluster's pods", to) ??
    within(cluster.serviceCidrs, "the cluster's services", to);
  return inside === null ? null : `${to} lies in ${inside}, which no egress opens`;
}

/** What a declared egress opens: of the internet nothing that is private, of anything else no metadata, pods or services. */
export function egressRanges({ to }: Pick<Egress, 'to'>, cluster: Cluster): AddressRange[] {
  const problem = egressProblem(to, cluster);
  if (problem !== null) throw new Error(problem);
  const closed = closedRanges(cluster);
  return to === 'internet' ? INTERNET.map((all) => range(all, [...PRIVATE, ...closed])) : [range(to, closed)];
}

/** A range that the platform itself declares; it may lie among the pods, since the platform knows what runs there. */
export function peerRange({ cidr }: Extract<Peer, { kind: 'cidr' }>, cluster: Cluster): AddressRange {
  const inside = within(METADATA, "clouds' metadata", cidr);
  if (inside !== null) throw new Error(`${cidr} lies in ${inside}, which nothing may reach`);
  return range(cidr, closedRanges(cluster));
}

// --- internal ---

const INTERNET = ['0.0.0.0/0', '::/0'];

function within(closed: readonly string[], what: string, cidr: string): string | null {
  const outer = closed.find((candidate) => contains(candidate, cidr));
  return outer === undefined ? null : `${outer}, ${what}`;
}

function closedRanges({ podCidrs, serviceCidrs }: Cluster): string[] {
  return [...METADATA, ...podCidrs, ...serviceCidrs];
}

function range(cidr: string, closed: readonly string[]): AddressRange {
  return { kind: 'range', cidr, except: exceptFor(cidr, closed) };
}
