import type { KubeObject } from './objects';
import { type Item, parseItems } from './output';

/** What the harness is tried on itself: a tenant like those of the output, small enough to break in one place. */
export interface SampleOptions {
  readonly namespace: string;
  /** Pods that the quota has room for besides Jobs; the workloads need 5 at their maximum and 1 more to roll. */
  readonly pods?: number;
  /** Where false, pods keep what they may drop, and Pod Security refuses them. */
  readonly hardened?: boolean;
  readonly suspended?: boolean;
  readonly image?: string;
  /** The key that the workload reads from its Secret; only `password` is delivered. */
  readonly secretKey?: string;
}

const IMAGE = `registry.example.com/app@sha256:${'0123456789abcdef'.repeat(4)}`;

export function sample(options: SampleOptions): Item[] {
  const { namespace, suspended = false } = options;
  const inNamespace = (object: KubeObject) => {
    object.metadata.namespace = namespace;
    return object;
  };
  const objects = [
    namespaceOf(namespace),
    ...[...guardrails(options), ...data(), ...tasks(options), ...web(options, suspended)].map(inNamespace),
  ];
  return objects.map(toItem);
}

/** An object as the output would carry it, by way of its text. */
export function toItem(object: KubeObject): Item {
  return parseItems('sample', JSON.stringify(object))[0] as Item;
}

function namespaceOf(name: string): KubeObject {
  const modes = ['enforce', 'warn'].flatMap((mode) => [
    [`pod-security.kubernetes.io/${mode}`, 'restricted'],
    [`pod-security.kubernetes.io/${mode}-version`, 'v1.36'],
  ]);
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: Object.fromEntries(modes) } };
}

function guardrails({ pods = 6 }: SampleOptions): KubeObject[] {
  const quota = (name: string, spec: unknown) => core('ResourceQuota', name, spec);
  const room = (count: number) => ({
    pods: `${count}`,
    'requests.cpu': `${count * 100}m`,
    'limits.memory': `${count}Gi`,
  });
  return [
    quota('services', { scopes: ['NotTerminating'], hard: room(pods) }),
    quota('jobs', { scopes: ['Terminating'], hard: room(3) }),
    quota('objects', { hard: { 'count/secrets': '4', 'count/jobs.batch': '8', 'services.loadbalancers': '0' } }),
    core('LimitRange', 'defaults', {
      limits: [{ type: 'Container', default: { memory: '1Gi' }, defaultRequest: { cpu: '100m', memory: '64Mi' } }],
    }),
    object('networking.k8s.io/v1', 'NetworkPolicy', 'default-deny', {
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
    }),
    core('ServiceAccount', 'app', undefined),
  ];
}

function data(): KubeObject[] {
  return [
    object('external-secrets.io/v1', 'ExternalSecret', 'database', {
      secretStoreRef: { kind: 'ClusterSecretStore', name: 'store' },
      target: { name: 'database' },
      data: [{ secretKey: 'password', remoteRef: { key: 'acme/database', property: 'password' } }],
    }),
    core('PersistentVolumeClaim', 'uploads', {
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'files',
      resources: { requests: { storage: '1Gi' } },
    }),
  ];
}

function tasks(options: SampleOptions): KubeObject[] {
  // Only a deadline of the pod itself puts it into the quota's Terminating scope; the Job's own does not.
  const template = { spec: { ...podSpec(options), restartPolicy: 'Never', activeDeadlineSeconds: 600 } };
  const job = { template };
  return [
    object('batch/v1', 'Job', 'migrate-0a1b2c3d', job),
    object('batch/v1', 'CronJob', 'backup', { schedule: '17 2 * * *', jobTemplate: { spec: job } }),
  ];
}

function web(options: SampleOptions, suspended: boolean): KubeObject[] {
  const set = (name: string, spec: object) => ({
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: podSpec(options) },
    ...spec,
  });
  const rolling = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };
  const replicas = suspended ? { replicas: 0 } : {};
  const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
  const autoscaler = { scaleTargetRef: target, minReplicas: 2, maxReplicas: 4 };
  const database = set('database', { serviceName: 'database', replicas: 1 });
  return [
    object('apps/v1', 'Deployment', 'web', set('web', { strategy: rolling, ...replicas })),
    object('apps/v1', 'StatefulSet', 'database', database),
    object('policy/v1', 'PodDisruptionBudget', 'web', { minAvailable: 1, selector: { matchLabels: { app: 'web' } } }),
    ...(suspended ? [] : [object('autoscaling/v2', 'HorizontalPodAutoscaler', 'web', autoscaler)]),
  ];
}

function podSpec({ hardened = true, image = IMAGE, secretKey = 'password' }: SampleOptions): object {
  const secretKeyRef = { name: 'database', key: secretKey };
  const locked = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
  const container = { name: 'main', image, env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef } }] };
  return {
    serviceAccountName: 'app',
    securityContext: hardened ? { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } } : {},
    containers: [hardened ? { ...container, securityContext: locked } : container],
    volumes: [{ name: 'uploads', persistentVolumeClaim: { claimName: 'uploads' } }],
  };
}

function core(kind: string, name: string, spec: unknown): KubeObject {
  return object('v1', kind, name, spec);
}

function object(apiVersion: string, kind: string, name: string, spec: unknown): KubeObject {
  return { apiVersion, kind, metadata: { name }, ...(spec !== undefined && { spec }) };
}
