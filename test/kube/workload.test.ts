import { WAVES } from '../../lib/kube/metadata';
import { namedPorts, Workload } from '../../lib/kube/workload';
import type { ResolvedService, Space } from '../../lib/model/resolved';
import { at, manifests, only, service, space, stateful, web } from './fixture';

function render(of: ResolvedService, overrides: Partial<Space> = {}) {
  return manifests((chart) => new Workload(chart, of.name, { space: space(overrides), service: of }));
}

const kinds = (of: ResolvedService, overrides: Partial<Space> = {}) => render(of, overrides).map(({ kind }) => kind);

test('a service that answers has all that it needs', () => {
  expect(kinds(web())).toEqual([
    'ServiceAccount',
    'ConfigMap',
    'Deployment',
    'Service',
    'PodDisruptionBudget',
    'HorizontalPodAutoscaler',
  ]);
});

test('a worker with one replica has an account and a Deployment', () => {
  expect(kinds(service())).toEqual(['ServiceAccount', 'Deployment']);
});

test('each part is a member of the construct', () => {
  manifests((chart) => {
    const workload = new Workload(chart, 'web', { space: space(), service: web() });
    expect(workload.deployment.name).toBe('web');
    expect(workload.files?.name).toBe('web-files');
    expect([workload.account, workload.service, workload.budget, workload.autoscaler]).not.toContain(null);
    const worker = new Workload(chart, 'worker', { space: space(), service: service() });
    expect([worker.files, worker.service, worker.budget, worker.autoscaler]).toEqual([null, null, null, null]);
  });
});

describe('accounts', () => {
  test('every service has its own, without a token', () => {
    const all = render(web());
    expect(only(all, 'ServiceAccount')).toMatchObject({
      metadata: { name: 'web', namespace: 'nekotab-acme' },
      automountServiceAccountToken: false,
    });
    expect(at(only(all, 'Deployment'), 'spec.template.spec')).toMatchObject({
      serviceAccountName: 'web',
      automountServiceAccountToken: false,
    });
  });

  test('a service that acts as an identity uses its account and gets its token', () => {
    const all = render(service({ identity: 'unity-acme' }));
    expect(all.map(({ kind }) => kind)).toEqual(['Deployment']);
    expect(at(only(all, 'Deployment'), 'spec.template.spec')).toMatchObject({
      serviceAccountName: 'unity-acme',
      automountServiceAccountToken: true,
    });
  });
});

describe('rollouts', () => {
  const spec = (of: ResolvedService) => at(only(render(of), 'Deployment'), 'spec');

  test('go without a gap, with the surge that the quota has room for', () => {
    expect(spec(web({ surge: 2 }))).toMatchObject({
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 2, maxUnavailable: 0 } },
      revisionHistoryLimit: 3,
    });
  });

  test('wait with the next old pods for as long as the last ones may take to end', () => {
    expect(spec(web({ stopSeconds: 90 }))).toMatchObject({
      minReadySeconds: 90,
      progressDeadlineSeconds: 690,
      template: { spec: { terminationGracePeriodSeconds: 90 } },
    });
  });

  test('replace a pod with a volume, which two could not mount', () => {
    expect(spec(stateful())).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
    expect(spec(stateful())).not.toHaveProperty('strategy.rollingUpdate');
    expect(spec(stateful())).not.toHaveProperty('minReadySeconds');
  });

  test('select pods by what never changes', () => {
    const matchLabels = { 'app.kubernetes.io/instance': 'acme', 'app.kubernetes.io/name': 'web' };
    expect(spec(web())).toMatchObject({ selector: { matchLabels } });
    expect(at(spec(web()), 'template.metadata.labels')).toEqual({ ...space().labels, ...matchLabels });
  });

  test('begin when configuration changes that pods have by reference', () => {
    const sum = (of: ResolvedService) => at(spec(of), 'template.metadata.annotations');
    const changed = web({ files: [{ name: '/etc/nekotab/motd.txt', parts: ['goodbye'] }] });
    expect(sum(web())).toEqual({ 'tenantry.dev/checksum': expect.stringMatching(/^[0-9a-f]{16}$/) });
    expect(sum(changed)).not.toEqual(sum(web()));
  });
});

describe('replicas', () => {
  test('are the autoscaler’s where there is one', () => {
    const all = render(
      web({ replicas: { min: 2, max: 4 }, scaling: { cpuPercent: 70, memoryPercent: 80, downPercent: null } }),
    );
    expect(at(only(all, 'Deployment'), 'spec')).not.toHaveProperty('replicas');
    expect(only(all, 'HorizontalPodAutoscaler')).toMatchObject({
      apiVersion: 'autoscaling/v2',
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        minReplicas: 2,
        maxReplicas: 4,
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } },
          { type: 'Resource', resource: { name: 'memory', target: { type: 'Utilization', averageUtilization: 80 } } },
        ],
        behavior: { scaleDown: { stabilizationWindowSeconds: 300 } },
      },
    });
  });

  test('are written where nothing scales', () => {
    const all = render(web({ replicas: { min: 3, max: 3 } }));
    expect(at(only(all, 'Deployment'), 'spec.replicas')).toBe(3);
    expect(all.map(({ kind }) => kind)).not.toContain('HorizontalPodAutoscaler');
  });

  test('are none while suspended, with no autoscaler that would bring them back, and everything else as it was', () => {
    const suspended = render(web(), { suspended: true });
    expect(at(only(suspended, 'Deployment'), 'spec.replicas')).toBe(0);
    const active = kinds(web()).filter((kind) => kind !== 'HorizontalPodAutoscaler');
    expect(suspended.map(({ kind }) => kind)).toEqual(active);
  });

  test('are spread by revision from two on', () => {
    const constraints = (max: number) =>
      at(
        only(render(web({ replicas: { min: 1, max } })), 'Deployment'),
        'spec.template.spec.topologySpreadConstraints',
      );
    expect(constraints(2)).toMatchObject([{ matchLabelKeys: ['pod-template-hash'] }, { maxSkew: 1 }]);
    expect(constraints(1)).toBeUndefined();
  });
});

test('a budget lets one pod go at a time, and any that is not ready', () => {
  expect(at(only(render(web()), 'PodDisruptionBudget'), 'spec')).toEqual({
    maxUnavailable: 1,
    unhealthyPodEvictionPolicy: 'AlwaysAllow',
    selector: { matchLabels: { 'app.kubernetes.io/instance': 'acme', 'app.kubernetes.io/name': 'web' } },
  });
});

test('a service that may run alone has no budget, which would block every drain', () => {
  expect(kinds(web({ replicas: { min: 1, max: 4 } }))).not.toContain('PodDisruptionBudget');
});

test.each([
  [{ cpuPercent: 80, memoryPercent: null, downPercent: 60 }, '250m'],
  [{ cpuPercent: 60, memoryPercent: 90, downPercent: 50 }, '445m'],
  [{ cpuPercent: 70, memoryPercent: null, downPercent: 45 }, '358m'],
])('replicas go below the wanted use, by one tolerance for all metrics', (scaling, tolerance) => {
  const all = render(web({ scaling }));
  expect(at(only(all, 'HorizontalPodAutoscaler'), 'spec.behavior.scaleDown')).toEqual({
    stabilizationWindowSeconds: 300,
    tolerance,
  });
});

test('a service that others start before comes whole in a wave of its own, before schedules and routes', () => {
  const waves = (step: number) => {
    const all = [...render(web({ step })), ...render(stateful({ step }))];
    const own = all.filter(({ kind }) => kind !== 'ServiceAccount' && kind !== 'ConfigMap');
    return new Set(own.map(({ metadata }) => metadata.annotations?.['argocd.argoproj.io/sync-wave']));
  };
  expect(waves(0)).toEqual(new Set(['2']));
  expect(waves(20)).toEqual(new Set(['22']));
  expect(WAVES.schedule).toBe(23);
  expect(WAVES.route).toBe(24);
});

describe('volumes', () => {
  test('are claimed from the class of the cluster, in the wave of the pod that binds them', () => {
    const all = render(stateful());
    expect(only(all, 'PersistentVolumeClaim')).toMatchObject({
      metadata: {
        name: 'media-data',
        labels: space().labels,
        annotations: {
          'argocd.argoproj.io/sync-options': 'Prune=confirm,Delete=confirm',
          'argocd.argoproj.io/sync-wave': only(all, 'Deployment').metadata.annotations?.[
            'argocd.argoproj.io/sync-wave'
          ],
        },
      },
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'standard',
        resources: { requests: { storage: '10Gi' } },
      },
    });
    const pod = at(only(all, 'Deployment'), 'spec.template.spec');
    expect(at(pod, 'volumes')).toContainEqual({
      name: 'volume-data',
      persistentVolumeClaim: { claimName: 'media-data' },
    });
    expect(at(pod, 'containers.0.volumeMounts')).toContainEqual({ name: 'volume-data', mountPath: '/data' });
  });

  test('stay while suspended', () => {
    expect(kinds(stateful(), { suspended: true })).toContain('PersistentVolumeClaim');
  });
});

describe('ports', () => {
  test('are named alike on the Service and the pods', () => {
    const all = render(web());
    expect(at(only(all, 'Service'), 'spec')).toEqual({
      type: 'ClusterIP',
      selector: { 'app.kubernetes.io/instance': 'acme', 'app.kubernetes.io/name': 'web' },
      ports: [
        { name: 'http', port: 8000, targetPort: 'http' },
        { name: 'metrics', port: 9100, targetPort: 'metrics' },
      ],
    });
    expect(at(only(all, 'Deployment'), 'spec.template.spec.containers.0.ports')).toEqual([
      { name: 'http', containerPort: 8000 },
      { name: 'metrics', containerPort: 9100 },
    ]);
  });

  test('are listed once each, by their first name', () => {
    const ports = { http: 8000, metrics: 8000 };
    expect(namedPorts({ ports, metrics: { port: 8000, path: '/metrics' } })).toEqual([['http', 8000]]);
  });

  test('include the one that is scraped', () => {
    expect(namedPorts({ ports: {}, metrics: { port: 9100, path: '/metrics' } })).toEqual([['metrics', 9100]]);
    expect(namedPorts({ ports: { http: 8000 }, metrics: null })).toEqual([['http', 8000]]);
  });
});
