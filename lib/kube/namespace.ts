import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { cpu, memory, storage } from '../model/quantities';
import type { Space } from '../model/resolved';
import { quantities } from './container';
import { metadata } from './metadata';

/** Pod Security's rules are those of this version, so that an upgrade of the cluster changes no verdict by itself. */
export const POD_SECURITY_VERSION = 'v1.36';

export interface NamespaceBaseProps {
  readonly space: Space;
}

/** The namespace, and what bounds everything in it before anything runs. */
export class NamespaceBase extends Construct {
  readonly namespace: k8s.KubeNamespace;
  /** For pods that run until they are stopped: services and own servers. */
  readonly running: k8s.KubeResourceQuota;
  /** For pods with a deadline: jobs and backups. Services at their limit never starve them, nor they the services. */
  readonly jobs: k8s.KubeResourceQuota;
  /** For numbers of objects, which a quota with a scope can't count. */
  readonly objects: k8s.KubeResourceQuota;
  readonly limits: k8s.KubeLimitRange;
  /** The account that pods get which name none; it has no rights, and its token is not mounted. */
  readonly account: k8s.KubeServiceAccount;

  constructor(scope: Construct, id: string, { space }: NamespaceBaseProps) {
    super(scope, id);
    this.namespace = new k8s.KubeNamespace(this, 'namespace', { metadata: namespaceMetadata(space) });
    this.running = quota(this, space, 'running', ['NotTerminating'], runningLimits(space));
    this.jobs = quota(this, space, 'jobs', ['Terminating'], jobLimits(space));
    this.objects = quota(this, space, 'objects', undefined, objectLimits(space));
    this.limits = containerRange(this, space);
    this.account = new k8s.KubeServiceAccount(this, 'account', {
      metadata: metadata(space, 'default', { wave: 'access' }),
      automountServiceAccountToken: false,
    });
  }
}

// --- internal ---

type Limits = Readonly<Record<string, string>>;

function namespaceMetadata(space: Space) {
  const { namespace, ...meta } = metadata(space, space.namespace, {
    wave: 'namespace',
    confirm: true,
    labels: { ...space.namespaceLabels, ...podSecurity() },
    annotations: space.namespaceAnnotations,
  });
  return meta;
}

function podSecurity(): Record<string, string> {
  const modes = ['enforce', 'audit', 'warn'].map((mode) => `pod-security.kubernetes.io/${mode}`);
  return Object.fromEntries(
    modes.flatMap((mode) => [
      [mode, 'restricted'],
      [`${mode}-version`, POD_SECURITY_VERSION],
    ]),
  );
}

function quota(scope: Construct, space: Space, name: string, scopes: string[] | undefined, limits: Limits) {
  const hard = Object.fromEntries(
    Object.entries(limits).map(([resource, amount]) => [resource, k8s.Quantity.fromString(amount)]),
  );
  const meta = metadata(space, name, { wave: 'policy' });
  return new k8s.KubeResourceQuota(scope, name, { metadata: meta, spec: { scopes, hard } });
}

/** Quotas with these scopes accept pods, cores and memory only. */
function runningLimits({ quota }: Space): Limits {
  return {
    'requests.cpu': cpu(quota.cpu),
    'requests.memory': storage(quota.memoryGiB),
    'limits.cpu': cpu(quota.limitsCpu),
    'limits.memory': storage(quota.limitsMemoryGiB),
    pods: String(quota.pods),
  };
}

function jobLimits({ jobQuota }: Space): Limits {
  return {
    'requests.cpu': cpu(jobQuota.cpu),
    'requests.memory': storage(jobQuota.memoryGiB),
    'limits.cpu': cpu(jobQuota.limitsCpu),
    'limits.memory': storage(jobQuota.limitsMemoryGiB),
    pods: String(jobQuota.pods),
  };
}

/** Objects that people and operators add for a while, such as a job by hand or a server that replaces another. */
const SPARE = 5;

/** Finished Jobs that stay for a while: two that failed, one that succeeded, one that runs, one by hand. */
const KEPT_JOBS = 5;

/**
 * Counts of objects, and ephemeral storage. Local disks are shared by all pods of a node and nothing is sold by them, so
 * their bound is a generous one: each pod that there may be, at the most that one container may take.
 */
function objectLimits(space: Space): Limits {
  const { quota, jobQuota, services, jobs, offers, backup } = space;
  const ephemeral = memory((quota.pods + jobQuota.pods) * space.containerLimits.max.ephemeralMiB);
  const own = offers.filter((offer) => offer.own !== null).length;
  // Each tenant's rows are written by a Job that stays in the shared namespace, beside its ConfigMap.
  const written = space.projects.length === 0 ? 0 : quota.configMaps;
  const scheduled = SPARE + (backup?.items.length ?? 0);
  return {
    'requests.ephemeral-storage': ephemeral,
    'limits.ephemeral-storage': ephemeral,
    'requests.storage': storage(quota.storageGiB),
    persistentvolumeclaims: String(quota.persistentVolumeClaims),
    services: String(quota.services),
    'services.loadbalancers': String(quota.loadBalancers),
    'services.nodeports': String(quota.nodePorts),
    secrets: String(quota.secrets),
    configmaps: String(quota.configMaps),
    // Superseded by Deployments; whoever makes one goes round the templates here.
    replicationcontrollers: '0',
    resourcequotas: '3',
    'count/deployments.apps': String(services.length + own + SPARE),
    'count/statefulsets.apps': String(services.length + own + SPARE),
    'count/cronjobs.batch': String(scheduled),
    'count/jobs.batch': String((jobs.length + scheduled) * KEPT_JOBS + written),
  };
}

function containerRange(scope: Construct, space: Space): k8s.KubeLimitRange {
  const { max, min, default: limit, defaultRequest } = space.containerLimits;
  return new k8s.KubeLimitRange(scope, 'limits', {
    metadata: metadata(space, 'containers', { wave: 'policy' }),
    spec: {
      limits: [
        {
          type: 'Container',
          max: quantities(max),
          min: quantities(min),
          default: quantities(limit),
          defaultRequest: quantities(defaultRequest),
        },
      ],
    },
  });
}
