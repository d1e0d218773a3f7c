import { contains } from '../../lib/model/networks';
import type { Manifest } from './fixture';

/**
 * What NetworkPolicies let through, as kubernetes.io's reference says it: a small evaluator that shares nothing with what
 * writes them.
 */

export interface Pod {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Pods of the cluster, or an address outside. */
export type Side = Pod | { readonly ip: string };

type Selector = { readonly matchLabels?: Readonly<Record<string, string>>; readonly matchExpressions?: never };

interface Peer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly { readonly port: number; readonly protocol: string }[];
}

export interface PolicySpec {
  readonly podSelector: Selector;
  readonly policyTypes: readonly string[];
  readonly ingress?: readonly Rule[];
  readonly egress?: readonly Rule[];
}

export interface Policy {
  readonly namespace: string;
  readonly name: string;
  readonly spec: PolicySpec;
}

export function policiesOf(all: readonly Manifest[]): Policy[] {
  return all
    .filter(({ kind }) => kind === 'NetworkPolicy')
    .map(({ metadata, spec }) => ({
      namespace: String(metadata.namespace),
      name: metadata.name,
      spec: spec as PolicySpec,
    }));
}

/** Whether a connection is possible: out of one side and into the other. */
export function reaches(policies: readonly Policy[], from: Side, to: Side, port: number, protocol = 'TCP'): boolean {
  return passes(policies, 'Egress', from, to, port, protocol) && passes(policies, 'Ingress', to, from, port, protocol);
}

function passes(
  policies: readonly Policy[],
  type: 'Ingress' | 'Egress',
  pod: Side,
  other: Side,
  port: number,
  protocol: string,
): boolean {
  if ('ip' in pod) return true;
  const selecting = policies.filter(
    ({ namespace, spec }) =>
      namespace === pod.namespace && spec.policyTypes.includes(type) && matches(spec.podSelector, pod.labels),
  );
  if (selecting.length === 0) return true;
  return selecting.some(({ namespace, spec }) => {
    const rules = type === 'Ingress' ? spec.ingress : spec.egress;
    return (rules ?? []).some((rule) => {
      const peers = type === 'Ingress' ? rule.from : rule.to;
      // None at all means any, of peers and of ports.
      const isPeer = peers === undefined || peers.length === 0 || peers.some((peer) => isOther(peer, namespace, other));
      const { ports } = rule;
      return isPeer && (!ports?.length || ports.some((p) => p.port === port && p.protocol === protocol));
    });
  });
}

function isOther({ ipBlock, podSelector, namespaceSelector }: Peer, namespace: string, other: Side): boolean {
  if (ipBlock !== undefined) {
    if (!('ip' in other)) return false;
    const address = other.ip.includes(':') ? `${other.ip}/128` : `${other.ip}/32`;
    return contains(ipBlock.cidr, address) && !(ipBlock.except ?? []).some((range) => contains(range, address));
  }
  if ('ip' in other) return false;
  const isNamespace =
    namespaceSelector === undefined
      ? other.namespace === namespace
      : matches(namespaceSelector, { 'kubernetes.io/metadata.name': other.namespace });
  return isNamespace && (podSelector === undefined || matches(podSelector, other.labels));
}

function matches({ matchLabels, matchExpressions }: Selector, labels: Readonly<Record<string, string>>): boolean {
  if (matchExpressions !== undefined) throw new Error('not modelled');
  return Object.entries(matchLabels ?? {}).every(([key, value]) => labels[key] === value);
}
