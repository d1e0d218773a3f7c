import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { dnsEnds, type End, type Opening, openings, sharedEgress, sharedIngress, type Way } from '../model/openings';
import type { Space, Tenant } from '../model/resolved';
import { metadata, selectorLabels } from './metadata';

export interface NetworkProps {
  readonly space: Space;
}

/**
 * The network policies of a space. Nothing goes in or out but what one of them opens, and each opening is declared:
 * by a route, a call, a backing service, an egress or a scrape.
 */
export class Network extends Construct {
  readonly defaultDeny: k8s.KubeNetworkPolicy;
  /** For every pod, those of jobs and backups and of operators too. */
  readonly dns: k8s.KubeNetworkPolicy;
  /** By name of the service, job or server that they are of. */
  readonly openings: ReadonlyMap<string, k8s.KubeNetworkPolicy>;

  constructor(scope: Construct, id: string, { space }: NetworkProps) {
    super(scope, id);
    this.defaultDeny = policy(this, space, 'default-deny', { podSelector: {}, policyTypes: BOTH });
    this.dns = policy(this, space, 'dns', {
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [
        { to: dnsEnds(space.cluster).map((end) => peer(space, end)), ports: [port(53, 'UDP'), port(53, 'TCP')] },
      ],
    });
    this.openings = new Map(openings(space).map((opening) => [opening.name, openingPolicy(this, space, opening)]));
  }
}

export interface SharedNetworkProps {
  readonly tenant: Tenant;
}

/**
 * Lets one tenant's callers reach the shared services that they call, and shared services the tenant's: policies in the
 * product's shared namespace, beside those of every other tenant, so that no list of all of them exists anywhere.
 */
export class SharedNetwork extends Construct {
  /** One for each shared service that the tenant calls. */
  readonly ingress: readonly k8s.KubeNetworkPolicy[];
  /** One for each shared service that calls the tenant. */
  readonly egress: readonly k8s.KubeNetworkPolicy[];

  constructor(scope: Construct, id: string, { tenant }: SharedNetworkProps) {
    super(scope, id);
    // No service has a dot in its name, so that no policy of the namespace itself is ever called like one of these.
    this.ingress = Array.from(sharedIngress(tenant), ([service, ways]) => {
      const ingress = ways.map((way) => ({ from: [foreignPeer(tenant, way.with)], ports: tcp(way) }));
      return sharedPolicy(this, tenant, service, service, { policyTypes: ['Ingress'], ingress });
    });
    this.egress = Array.from(sharedEgress(tenant), ([service, ways]) => {
      const egress = ways.map((way) => ({ to: [foreignPeer(tenant, way.with)], ports: tcp(way) }));
      return sharedPolicy(this, tenant, `to.${service}`, service, { policyTypes: ['Egress'], egress });
    });
  }
}

// --- internal ---

const BOTH = ['Ingress', 'Egress'];
const NAME_LABEL = 'app.kubernetes.io/name';

function policy(scope: Construct, space: Space, name: string, spec: k8s.NetworkPolicySpec, component?: string) {
  return new k8s.KubeNetworkPolicy(scope, name, {
    metadata: metadata(space, name, { wave: 'policy', component }),
    spec,
  });
}

/** Of some pods of the shared namespace: those of a shared service. */
function sharedPolicy(
  scope: Construct,
  tenant: Tenant,
  name: string,
  service: string,
  rules: Omit<k8s.NetworkPolicySpec, 'podSelector'>,
): k8s.KubeNetworkPolicy {
  const meta = metadata(tenant, `tenant.${tenant.id}.${name}`, { wave: 'policy' });
  return new k8s.KubeNetworkPolicy(scope, name, {
    metadata: { ...meta, namespace: tenant.shared?.namespace },
    spec: { podSelector: { matchLabels: { [NAME_LABEL]: service } }, ...rules },
  });
}

function openingPolicy(scope: Construct, space: Space, opening: Opening): k8s.KubeNetworkPolicy {
  const component = 'component' in opening.of ? opening.of.component : undefined;
  return policy(scope, space, opening.name, spec(space, opening), component);
}

/** Both types always: a policy that leaves one out leaves it open. */
function spec(space: Space, { of, ingress, egress }: Opening): k8s.NetworkPolicySpec {
  const matchLabels = 'component' in of ? selectorLabels(space, of.component) : of.podLabels;
  return {
    podSelector: { matchLabels },
    policyTypes: BOTH,
    ingress: unlessEmpty(ingress.map((way) => ({ from: [peer(space, way.with)], ports: tcp(way) }))),
    egress: unlessEmpty(egress.map((way) => ({ to: [peer(space, way.with)], ports: tcp(way) }))),
  };
}

/** The API server drops empty lists. */
function unlessEmpty<T>(items: T[]): T[] | undefined {
  return items.length === 0 ? undefined : items;
}

function tcp({ ports }: Way): k8s.NetworkPolicyPort[] {
  return ports.map((number) => port(number));
}

function port(number: number, protocol = 'TCP'): k8s.NetworkPolicyPort {
  return { port: k8s.IntOrString.fromNumber(number), protocol };
}

/** The other end, as seen from the space. Without a namespace, pods are those of the policy's own. */
function peer(space: Space, end: End): k8s.NetworkPolicyPeer {
  switch (end.kind) {
    case 'component':
      return { podSelector: { matchLabels: selectorLabels(space, end.name) } };
    case 'pods':
      return podsOf(end.namespace, end.podLabels);
    case 'range':
      return { ipBlock: { cidr: end.cidr, except: unlessEmpty([...end.except]) } };
  }
}

/** The other end as seen from another namespace. */
function foreignPeer(space: Space, end: End): k8s.NetworkPolicyPeer {
  return end.kind === 'component' ? podsOf(space.namespace, selectorLabels(space, end.name)) : peer(space, end);
}

/** One item with both selectors, which must both hold. The API server sets the label by name, and nobody can change it. */
function podsOf(namespace: string, podLabels: Readonly<Record<string, string>>): k8s.NetworkPolicyPeer {
  return {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    podSelector: Object.keys(podLabels).length === 0 ? {} : { matchLabels: { ...podLabels } },
  };
}
