import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { storage } from '../model/quantities';
import type { ResolvedService, ResolvedVolume, Space } from '../model/resolved';
import { serviceAccount } from './account';
import { CHECKSUM_ANNOTATION, checksum, filesConfigMap, fileVolumes } from './environment';
import { metadata, selectorLabels } from './metadata';
import { podTemplate } from './pod';

export interface WorkloadProps {
  readonly space: Space;
  readonly service: ResolvedService;
}

/**
 * A service of a product with everything that it needs in its namespace, its credentials and network openings aside.
 * While the space is suspended it has no pods and no autoscaler; all else stays.
 */
export class Workload extends Construct {
  /** Null where the service acts as an identity, whose account comes with its rights. */
  readonly account: k8s.KubeServiceAccount | null;
  /** Files without secrets. */
  readonly files: k8s.KubeConfigMap | null;
  readonly claims: readonly k8s.KubePersistentVolumeClaim[];
  readonly deployment: k8s.KubeDeployment;
  /** Null for a service that listens on nothing. */
  readonly service: k8s.KubeService | null;
  /** Null below two replicas, where a budget would do no more than block every drain of a node. */
  readonly budget: k8s.KubePodDisruptionBudget | null;
  readonly autoscaler: ApiObject | null;

  constructor(scope: Construct, id: string, { space, service }: WorkloadProps) {
    super(scope, id);
    const scales = service.replicas.max > service.replicas.min && !space.suspended;
    this.account = service.identity === null ? serviceAccount(this, space, service.name) : null;
    this.files = filesConfigMap(this, space, service.name, service);
    this.claims = service.volumes.map((volume) => claim(this, space, service, volume));
    this.deployment = deployment(this, space, service, scales);
    this.service = namedPorts(service).length === 0 ? null : clusterService(this, space, service);
    this.budget = service.replicas.min < 2 ? null : disruptionBudget(this, space, service);
    this.autoscaler = scales ? autoscaler(this, space, service) : null;
  }
}

/**
 * The ports of a service and its pods, each number once: the API warns of a container that lists one twice. Monitors
 * find the name of a port here.
 */
export function namedPorts({
  ports,
  metrics,
}: Pick<ResolvedService, 'ports' | 'metrics'>): [name: string, port: number][] {
  const named = new Map<number, string>();
  for (const [name, port] of Object.entries(ports)) if (!named.has(port)) named.set(port, name);
  if (metrics !== null && !named.has(metrics.port)) named.set(metrics.port, 'metrics');
  return Array.from(named, ([port, name]) => [name, port]);
}

// --- internal ---

/** How long a rollout may make no progress, on top of the time that a new pod has to hold. */
const PROGRESS_SECONDS = 600;

/**
 * A claim is in the wave of its pod and not before it: where volumes wait for their first consumer, Argo CD would wait
 * for the claim to be bound, and the claim for a pod of the next wave.
 */
function claim(scope: Construct, space: Space, { name: component, step }: ResolvedService, volume: ResolvedVolume) {
  return new k8s.KubePersistentVolumeClaim(scope, `claim-${volume.name}`, {
    metadata: metadata(space, volume.claimName, { wave: 'workload', step, component, confirm: true }),
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName: space.cluster.storageClass,
      resources: { requests: { storage: k8s.Quantity.fromString(storage(volume.sizeGiB)) } },
    },
  });
}

/**
 * Rolls without a gap, or is replaced where it has a volume that one pod can mount. A new pod counts as available only
 * after as long as an old one may take to end; so no more than one surge of old pods is ending at any time, and the
 * namespace never holds more than max + 2 x surge pods of a service, which is what its quota is computed from.
 */
function deployment(scope: Construct, space: Space, service: ResolvedService, scales: boolean) {
  const { name: component, step, replicas, stopSeconds } = service;
  const rolls = service.volumes.length === 0;
  return new k8s.KubeDeployment(scope, 'deployment', {
    metadata: metadata(space, component, { wave: 'workload', step, component }),
    spec: {
      // The autoscaler's where there is one; whoever writes it too takes turns with it.
      replicas: space.suspended ? 0 : scales ? undefined : replicas.min,
      revisionHistoryLimit: 3,
      minReadySeconds: rolls ? stopSeconds : undefined,
      progressDeadlineSeconds: PROGRESS_SECONDS + stopSeconds,
      strategy: rolls
        ? {
            type: 'RollingUpdate',
            rollingUpdate: {
              maxSurge: k8s.IntOrString.fromNumber(service.surge),
              maxUnavailable: k8s.IntOrString.fromNumber(0),
            },
          }
        : { type: 'Recreate' },
      selector: { matchLabels: selectorLabels(space, component) },
      template: servicePods(space, service),
    },
  });
}

function servicePods(space: Space, service: ResolvedService): k8s.PodTemplateSpec {
  const files = fileVolumes(service.name, service);
  const claims = service.volumes.map(({ name, claimName }) => ({
    name: `volume-${name}`,
    persistentVolumeClaim: { claimName },
  }));
  const mounts = service.volumes.map(({ name, path: mountPath }) => ({ name: `volume-${name}`, mountPath }));
  const { name, image, command, args, env, probes, resources } = service;
  return podTemplate(space, {
    component: name,
    containers: [
      {
        ...{ name, image, command, args, env, probes, resources },
        ports: namedPorts(service),
        probePort: service.port,
        mounts: [...mounts, ...files.mounts],
      },
    ],
    volumes: [...claims, ...files.volumes],
    scratch: service.scratch,
    user: service.user,
    stopSeconds: service.stopSeconds,
    serviceAccount: service.identity ?? name,
    token: service.identity !== null,
    spread: service.replicas.max > 1 ? 'revision' : undefined,
    annotations: { [CHECKSUM_ANNOTATION]: checksum(service) },
  });
}

function clusterService(scope: Construct, space: Space, service: ResolvedService) {
  const ports = namedPorts(service).map(([name, port]) => ({
    ...{ name, port },
    targetPort: k8s.IntOrString.fromString(name),
  }));
  return new k8s.KubeService(scope, 'service', {
    metadata: metadata(space, service.name, { wave: 'workload', step: service.step, component: service.name }),
    spec: { type: 'ClusterIP', selector: selectorLabels(space, service.name), ports },
  });
}

/** One at a time; a pod that is not ready anyway never blocks the drain of its node. */
function disruptionBudget(scope: Construct, space: Space, { name: component, step }: ResolvedService) {
  return new k8s.KubePodDisruptionBudget(scope, 'budget', {
    metadata: metadata(space, component, { wave: 'workload', step, component, disposable: true }),
    spec: {
      maxUnavailable: k8s.IntOrString.fromNumber(1),
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: { matchLabels: selectorLabels(space, component) },
    },
  });
}

/** cdk8s knows no tolerance, which Kubernetes has by default from 1.35 on; its class would drop it. */
type ScalingRules = k8s.HpaScalingRulesV2 & { readonly tolerance?: string };
type AutoscalerSpec = Omit<k8s.HorizontalPodAutoscalerSpecV2, 'behavior'> & {
  readonly behavior: { readonly scaleDown: ScalingRules };
};

function autoscaler(scope: Construct, space: Space, { name: component, step, replicas, scaling }: ResolvedService) {
  const target = (name: string, averageUtilization: number): k8s.MetricSpecV2 => ({
    type: 'Resource',
    resource: { name, target: { type: 'Utilization', averageUtilization } },
  });
  const spec: AutoscalerSpec = {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: component },
    minReplicas: replicas.min,
    maxReplicas: replicas.max,
    metrics: [
      target('cpu', scaling.cpuPercent),
      ...(scaling.memoryPercent === null ? [] : [target('memory', scaling.memoryPercent)]),
    ],
    // Five quiet minutes before pods go, so that a short dip costs no warm ones.
    behavior: { scaleDown: { stabilizationWindowSeconds: 300, ...downTolerance(scaling) } },
  };
  return new ApiObject(scope, 'autoscaler', {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: metadata(space, component, { wave: 'workload', step, component, disposable: true }),
    spec,
  });
}

/**
 * How far below its target use may fall before replicas go: the controller keeps them while use / target >= 1 - tolerance for any
 * metric. One tolerance holds for all: by the highest target, and rounded up, no metric lets replicas go above the wanted use.
 *
 * An API server of 1.33 or 1.34 drops it unless the gate is on; an older one refuses the whole object when it is applied by the
 * server's side, as Argo CD does, since it does not know the field.
 */
function downTolerance({ cpuPercent, memoryPercent, downPercent }: ResolvedService['scaling']): ScalingRules {
  if (downPercent === null) return {};
  const highest = Math.max(cpuPercent, memoryPercent ?? 0);
  return { tolerance: `${Math.ceil((1000 * (highest - downPercent)) / highest)}m` };
}
