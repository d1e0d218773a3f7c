import type { k8s } from 'cdk8s-plus-27';
import type { ContainerOptions } from '../../lib/kube/container';
import { type PodOptions, podTemplate } from '../../lib/kube/pod';
import type { Space } from '../../lib/model/resolved';
import { at, resources, secretPart, space } from './fixture';

const app: ContainerOptions = { name: 'app', image: 'registry.example/app:1.2.3', resources: resources(0.25, 512) };

function spec(options: Partial<PodOptions> = {}, overrides: Partial<Space> = {}): k8s.PodSpec {
  const base = { component: 'web', containers: [app], user: 10001, serviceAccount: 'web' };
  const { spec } = podTemplate(space(overrides), { ...base, ...options });
  if (spec === undefined) throw new Error('no spec');
  return spec;
}

const timing = { periodSeconds: 10, timeoutSeconds: 3, failures: 3 };

function probed(readiness: NonNullable<ContainerOptions['probes']>['readiness'], probePort: number | null = 8000) {
  const probes = { readiness, liveness: null, startup: null };
  return spec({ containers: [{ ...app, probes, probePort }] }).containers[0]?.readinessProbe;
}

test('every container, init containers too, is as restricted wants it and has a read-only root', () => {
  const { containers, initContainers } = spec({ containers: [app, { ...app, name: 'b' }], initContainers: [app] });
  const all = [...containers, ...(initContainers ?? [])];
  expect(all).toHaveLength(3);
  for (const container of all) {
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    });
  }
});

test('the pod runs as the given user and group, never as root, under the default seccomp profile', () => {
  expect(spec({ user: 12345 }).securityContext).toEqual({
    runAsNonRoot: true,
    runAsUser: 12345,
    runAsGroup: 12345,
    fsGroup: 12345,
    fsGroupChangePolicy: 'OnRootMismatch',
    seccompProfile: { type: 'RuntimeDefault' },
  });
});

test('a token is mounted only where it is asked for', () => {
  expect(spec().automountServiceAccountToken).toBe(false);
  expect(spec({ token: true }).automountServiceAccountToken).toBe(true);
});

test('no pod is told of other services through its environment, and none shares anything with its node', () => {
  const pod = spec();
  expect(pod.enableServiceLinks).toBe(false);
  for (const key of ['hostNetwork', 'hostPid', 'hostIpc', 'hostUsers', 'nodeName']) expect(pod).not.toHaveProperty(key);
});

test('images are pulled for tags and digests alike, so that nobody starts from what another tenant pulled', () => {
  const digest = `registry.example/app@sha256:${'a'.repeat(64)}`;
  const { containers } = spec({ containers: [app, { ...app, image: digest }] });
  expect(containers.map((c) => c.imagePullPolicy)).toEqual(['Always', 'Always']);
});

test('requests and limits are written in full, ephemeral storage included', () => {
  const { containers } = spec();
  expect(at(containers, '0.resources.requests')).toEqual({
    cpu: { value: '250m' },
    memory: { value: '512Mi' },
    'ephemeral-storage': { value: '256Mi' },
  });
  expect(at(containers, '0.resources.limits')).toEqual({
    cpu: { value: '500m' },
    memory: { value: '1Gi' },
    'ephemeral-storage': { value: '512Mi' },
  });
});

test('scratch folders are bounded by the ephemeral limit and reach every container', () => {
  const pod = spec({ scratch: ['/tmp', '/var/cache'], initContainers: [{ ...app, name: 'init' }] });
  expect(pod.volumes).toEqual([
    { name: 'scratch-0', emptyDir: { sizeLimit: { value: '512Mi' } } },
    { name: 'scratch-1', emptyDir: { sizeLimit: { value: '512Mi' } } },
  ]);
  const mounts = [
    { name: 'scratch-0', mountPath: '/tmp' },
    { name: 'scratch-1', mountPath: '/var/cache' },
  ];
  expect(at(pod, 'containers.0.volumeMounts')).toEqual(mounts);
  expect(at(pod, 'initContainers.0.volumeMounts')).toEqual(mounts);
});

test('the labels of the space and the selector are on every pod', () => {
  const { metadata } = podTemplate(space(), {
    component: 'web',
    containers: [app],
    user: 10001,
    serviceAccount: 'web',
    annotations: { note: 'x' },
  });
  expect(metadata?.labels).toEqual({
    ...space().labels,
    'app.kubernetes.io/instance': 'acme',
    'app.kubernetes.io/name': 'web',
  });
  expect(metadata?.annotations).toEqual({ note: 'x' });
});

test('a pod with a deadline ends for good and counts as one that terminates', () => {
  const pod = spec({ deadlineSeconds: 600, restartPolicy: 'Never', stopSeconds: 20 });
  expect([pod.activeDeadlineSeconds, pod.restartPolicy, pod.terminationGracePeriodSeconds]).toEqual([600, 'Never', 20]);
  expect(spec().activeDeadlineSeconds).toBeUndefined();
});

test('the plan decides on priority and nodes', () => {
  const nodePool = {
    labels: { pool: 'premium' },
    taint: { key: 'dedicated', value: 'premium' },
    cpu: 8,
    memoryGiB: 32,
    storageGiB: 100,
  };
  expect(spec().priorityClassName).toBe('tenantry-1000');
  expect(spec()).not.toHaveProperty('nodeSelector');
  expect(spec({}, { nodePool })).toMatchObject({
    nodeSelector: { pool: 'premium' },
    tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'premium' }],
  });
  expect(spec({}, { nodePool: { ...nodePool, taint: null } }).tolerations).toBeUndefined();
});

test('pods of a Deployment spread over zones and nodes by revision, and are never kept from running by it', () => {
  const pod = spec({ spread: 'revision' });
  const keys = ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'];
  expect(pod.topologySpreadConstraints?.map((constraint) => constraint.topologyKey)).toEqual(keys);
  for (const constraint of pod.topologySpreadConstraints ?? []) {
    expect(constraint).toMatchObject({ whenUnsatisfiable: 'ScheduleAnyway', matchLabelKeys: ['pod-template-hash'] });
  }
  expect(pod.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution).toBeUndefined();
  expect(pod.affinity?.podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution).toHaveLength(1);
});

test('pods that no Deployment makes have no revision to spread by', () => {
  const pod = spec({ spread: 'all' });
  expect(pod.topologySpreadConstraints?.map((constraint) => constraint.matchLabelKeys)).toEqual([undefined, undefined]);
  expect(spec().topologySpreadConstraints).toBeUndefined();
  expect(spec().affinity).toBeUndefined();
});

test('a pod can prefer the node of another workload without being bound to it', () => {
  const affinity = spec({ component: 'backup', near: 'media' }).affinity?.podAffinity;
  expect(affinity?.requiredDuringSchedulingIgnoredDuringExecution).toBeUndefined();
  expect(at(affinity, 'preferredDuringSchedulingIgnoredDuringExecution.0.podAffinityTerm')).toEqual({
    topologyKey: 'kubernetes.io/hostname',
    labelSelector: { matchLabels: { 'app.kubernetes.io/instance': 'acme', 'app.kubernetes.io/name': 'media' } },
  });
});

test('an HTTP probe without a port of its own asks the main one', () => {
  expect(probed({ http: '/up', port: null, ...timing })).toEqual({
    httpGet: { path: '/up', port: { value: 8000 } },
    periodSeconds: 10,
    timeoutSeconds: 3,
    failureThreshold: 3,
  });
  expect(probed({ http: '/up', port: 9000, ...timing })).toMatchObject({ httpGet: { port: { value: 9000 } } });
});

test('an HTTP probe with no port anywhere is refused', () => {
  expect(() => probed({ http: '/up', port: null, ...timing }, null)).toThrow('the HTTP probe of /up has no port');
});

test('probes by connection and by command need no main port', () => {
  expect(probed({ tcp: 5432, ...timing }, null)).toMatchObject({ tcpSocket: { port: { value: 5432 } } });
  expect(probed({ command: ['ready', '$(HOME)'], ...timing }, null)).toMatchObject({
    exec: { command: ['ready', '$$(HOME)'] },
  });
});

test('commands and arguments are data, and variables of our own come after those of the model', () => {
  const { containers } = spec({
    containers: [
      {
        ...app,
        command: [['sh'], ['-c', '$(id)']],
        args: [['--name=', '$$(HOME)']],
        env: [{ name: 'KEY', parts: [secretPart('key', 'value')] }],
        extraEnv: [{ name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
      },
    ],
  });
  expect(containers[0]).toMatchObject({
    command: ['sh', '-c$$(id)'],
    args: ['--name=$$$$(HOME)'],
    env: [{ name: 'KEY', valueFrom: { secretKeyRef: { name: 'web-secrets', key: 'KEY' } } }, { name: 'NODE' }],
  });
});

test('a secret on a command line is refused, since every user of the node could read it', () => {
  expect(() => spec({ containers: [{ ...app, args: [['--password=', secretPart('key', 'value')]] }] })).toThrow(
    'a secret value has no plain text',
  );
});
