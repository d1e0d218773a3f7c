import { k8s } from 'cdk8s-plus-27';
import { memory } from '../model/quantities';
import type { Space } from '../model/resolved';
import { type ContainerOptions, container } from './container';
import { labels, selectorLabels } from './metadata';

/** The one hardened pod template: Deployments, StatefulSets, Jobs and CronJobs all get their pods here. */

export interface PodOptions {
  /** Workload that the pods belong to; its Secret and ConfigMap of files are named after it. */
  readonly component: string;
  readonly containers: readonly ContainerOptions[];
  /** Run one after the other before the containers. */
  readonly initContainers?: readonly ContainerOptions[];
  readonly volumes?: readonly k8s.Volume[];
  /** Folders that every container may write to, and that are lost with the pod. */
  readonly scratch?: readonly string[];
  /** User, group and owner of volumes; never 0. */
  readonly user: number;
  /** Time to end after SIGTERM; 30 unless given. */
  readonly stopSeconds?: number;
  /** `Always` unless given; Jobs need another. */
  readonly restartPolicy?: 'Always' | 'OnFailure' | 'Never';
  /** Ends the pod for good. Also what makes it count against the quota of jobs and not of what keeps running. */
  readonly deadlineSeconds?: number;
  readonly serviceAccount: string;
  /** Mounts the ServiceAccount's token; only for identities that talk to the API server. */
  readonly token?: boolean;
  /**
   * Spreads the pods over zones and nodes. `revision` (Deployments) counts pods of the same ReplicaSet only, so that
   * those which a rollout is about to end don't push the new ones together; `all` is for everything else.
   */
  readonly spread?: 'revision' | 'all';
  /** Workload whose node suits best, such as the one with a volume that only one node can mount. */
  readonly near?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * A pod template that Pod Security's `restricted` admits. `hostUsers` stays unset: `false` needs runtimes and volume
 * drivers that not every cluster has, and would relax the checks on users.
 */
export function podTemplate(space: Space, options: PodOptions): k8s.PodTemplateSpec {
  const { component, user, containers, initContainers = [] } = options;
  const scratch = (options.scratch ?? []).map((mountPath, index) => ({ name: `scratch-${index}`, mountPath }));
  // Each folder may grow to what the largest container may take: that limit bounds their sum anyway.
  const largest = Math.max(...[...containers, ...initContainers].map((c) => c.resources.limits.ephemeralMiB));
  const sizeLimit = k8s.Quantity.fromString(memory(largest));
  const volumes = [...scratch.map(({ name }) => ({ name, emptyDir: { sizeLimit } })), ...(options.volumes ?? [])];
  const init = initContainers.map((each) => container(component, scratch, each));
  const spec: k8s.PodSpec = {
    serviceAccountName: options.serviceAccount,
    automountServiceAccountToken: options.token ?? false,
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: user,
      runAsGroup: user,
      fsGroup: user,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    },
    initContainers: init.length === 0 ? undefined : init,
    containers: containers.map((each) => container(component, scratch, each)),
    volumes: volumes.length === 0 ? undefined : volumes,
    restartPolicy: options.restartPolicy,
    terminationGracePeriodSeconds: options.stopSeconds,
    activeDeadlineSeconds: options.deadlineSeconds,
    priorityClassName: space.priorityClass,
    affinity: affinity(space, options),
    topologySpreadConstraints: spreadConstraints(space, options),
    ...placement(space),
  };
  return { metadata: { labels: labels(space, component), annotations: options.annotations }, spec };
}

// --- internal ---

const HOST = 'kubernetes.io/hostname';
const ZONE = 'topology.kubernetes.io/zone';

/** The nodes of the plan. A toleration without an effect holds for each effect of the taint. */
function placement({ nodePool }: Space): Pick<k8s.PodSpec, 'nodeSelector' | 'tolerations'> {
  if (nodePool === null) return {};
  const { labels: nodeSelector, taint } = nodePool;
  if (taint === null) return { nodeSelector };
  return { nodeSelector, tolerations: [{ key: taint.key, operator: 'Equal', value: taint.value }] };
}

function spreadConstraints(space: Space, { component, spread }: PodOptions) {
  if (spread === undefined) return undefined;
  return [ZONE, HOST].map(
    (topologyKey): k8s.TopologySpreadConstraint => ({
      topologyKey,
      maxSkew: 1,
      // A zone that is down must not keep pods from running elsewhere.
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector: { matchLabels: selectorLabels(space, component) },
      matchLabelKeys: spread === 'revision' ? ['pod-template-hash'] : undefined,
    }),
  );
}

/** All of it preferred, never required: a small cluster runs everything too. */
function affinity(space: Space, { component, spread, near }: PodOptions): k8s.Affinity | undefined {
  if (spread === undefined && near === undefined) return undefined;
  const by = (other: string) => ({
    preferredDuringSchedulingIgnoredDuringExecution: [
      {
        weight: 100,
        podAffinityTerm: { topologyKey: HOST, labelSelector: { matchLabels: selectorLabels(space, other) } },
      },
    ],
  });
  return {
    podAffinity: near === undefined ? undefined : by(near),
    // What the spread by node asks for already; scanners look for it by this name.
    podAntiAffinity: spread === undefined ? undefined : by(component),
  };
}
