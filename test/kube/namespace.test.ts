import { NamespaceBase } from '../../lib/kube/namespace';
import type { Space } from '../../lib/model/resolved';
import { amounts, at, backup, database, job, manifests, only, service, space } from './fixture';

function render(overrides: Partial<Space> = {}) {
  return manifests((chart) => new NamespaceBase(chart, 'base', { space: space(overrides) }));
}

const hard = (name: string, overrides: Partial<Space> = {}) =>
  at(only(render(overrides), 'ResourceQuota', name), 'spec.hard') as Record<string, string>;

describe('namespace', () => {
  test('admits pods by a pinned version of the restricted rules, whatever labels a product wants', () => {
    const wanted = { 'tenantry.dev/kind': 'tenant', 'pod-security.kubernetes.io/enforce': 'privileged' };
    expect(only(render({ namespaceLabels: wanted }), 'Namespace').metadata.labels).toEqual({
      ...space().labels,
      'tenantry.dev/kind': 'tenant',
      'pod-security.kubernetes.io/enforce': 'restricted',
      'pod-security.kubernetes.io/enforce-version': 'v1.36',
      'pod-security.kubernetes.io/audit': 'restricted',
      'pod-security.kubernetes.io/audit-version': 'v1.36',
      'pod-security.kubernetes.io/warn': 'restricted',
      'pod-security.kubernetes.io/warn-version': 'v1.36',
    });
  });

  test('comes first and goes only when a person confirms it, whatever annotations a product wants', () => {
    const { metadata } = only(
      render({
        namespaceAnnotations: {
          'tenantry.dev/contact': 'a@acme.example',
          'argocd.argoproj.io/sync-options': 'Prune=true',
        },
      }),
      'Namespace',
    );
    expect(metadata).toMatchObject({
      name: 'nekotab-acme',
      annotations: {
        'tenantry.dev/contact': 'a@acme.example',
        'argocd.argoproj.io/sync-options': 'Prune=confirm,Delete=confirm',
        'argocd.argoproj.io/sync-wave': '-4',
      },
    });
    expect(metadata).not.toHaveProperty('namespace');
  });

  test('gives pods that name no account one without a token', () => {
    expect(only(render(), 'ServiceAccount')).toMatchObject({
      metadata: { name: 'default' },
      automountServiceAccountToken: false,
    });
  });
});

describe('quotas', () => {
  test('hold pods that run and pods that end apart, with nothing that such a quota cannot hold', () => {
    expect(only(render(), 'ResourceQuota', 'running').spec).toEqual({
      scopes: ['NotTerminating'],
      hard: {
        'requests.cpu': '2500m',
        'requests.memory': '5Gi',
        'limits.cpu': '5',
        'limits.memory': '10Gi',
        pods: '12',
      },
    });
    expect(only(render(), 'ResourceQuota', 'jobs').spec).toEqual({
      scopes: ['Terminating'],
      hard: { 'requests.cpu': '1', 'requests.memory': '2Gi', 'limits.cpu': '2', 'limits.memory': '4Gi', pods: '4' },
    });
  });

  test('memory that is no whole number of GiB is written to the MiB', () => {
    expect(hard('running', { quota: { ...space().quota, memoryGiB: 4864 / 1024 } })['requests.memory']).toBe('4864Mi');
  });

  test('count every kind that the multi-tenancy benchmarks ask for', () => {
    expect(only(render(), 'ResourceQuota', 'objects').spec).not.toHaveProperty('scopes');
    const keys = ['running', 'jobs', 'objects'].flatMap((name) => Object.keys(hard(name))).join(' ');
    const wanted = [
      ...['cpu', 'memory', 'ephemeral-storage', 'pods', 'services', 'replicationcontrollers', 'resourcequotas'],
      ...['secrets', 'configmaps', 'persistentvolumeclaims', 'services.nodeports', 'services.loadbalancers'],
    ];
    for (const key of wanted) expect(keys).toContain(key);
  });

  test('leave no NodePort and no load balancer unless the plan has one', () => {
    expect(hard('objects')).toMatchObject({ 'services.nodeports': '0', 'services.loadbalancers': '0' });
    const quota = { ...space().quota, loadBalancers: 1, nodePorts: 1 };
    expect(hard('objects', { quota })).toMatchObject({ 'services.nodeports': '1', 'services.loadbalancers': '1' });
  });

  test('admit the three quotas themselves and no other', () => {
    expect(render().filter(({ kind }) => kind === 'ResourceQuota')).toHaveLength(3);
    expect(hard('objects').resourcequotas).toBe('3');
  });

  test('have room for every pod at the most ephemeral storage that a container may take', () => {
    const ephemeral = hard('objects', {
      quota: { ...space().quota, pods: 6 },
      jobQuota: { ...space().jobQuota, pods: 2 },
      containerLimits: { ...space().containerLimits, max: amounts(2, 4096, 1024) },
    })['limits.ephemeral-storage'];
    expect(ephemeral).toBe('8Gi');
  });

  test('grow with services, jobs, own servers and what is backed up', () => {
    const own = {
      name: 'database',
      image: 'registry.example/postgres:17',
      ...{ instances: 1, cpu: 1, memoryMiB: 1024, storageGiB: 10, port: 5432, podLabels: {} },
    };
    const counts = (overrides: Partial<Space>) =>
      ['deployments.apps', 'statefulsets.apps', 'cronjobs.batch', 'jobs.batch'].map((kind) =>
        Number(hard('objects', overrides)[`count/${kind}`]),
      );
    const least = { services: [], jobs: [], offers: [], backup: null };
    expect(counts(least)).toEqual([5, 5, 5, 25]);
    expect(counts({ ...least, services: [service()], jobs: [job()] })).toEqual([6, 6, 5, 30]);
    expect(counts({ ...least, offers: [database({ own })], backup: backup() })).toEqual([6, 6, 6, 30]);
  });
});

test('the range of a container is that of the plan, ephemeral storage included', () => {
  expect(at(only(render(), 'LimitRange'), 'spec.limits')).toEqual([
    {
      type: 'Container',
      max: { cpu: '2', memory: '4Gi', 'ephemeral-storage': '4Gi' },
      min: { cpu: '10m', memory: '16Mi', 'ephemeral-storage': '1Mi' },
      default: { cpu: '500m', memory: '512Mi', 'ephemeral-storage': '512Mi' },
      defaultRequest: { cpu: '50m', memory: '64Mi', 'ephemeral-storage': '128Mi' },
    },
  ]);
});

test('all that bounds the namespace stands before anything in it runs', () => {
  const waves = render().map(({ metadata }) => Number(metadata.annotations?.['argocd.argoproj.io/sync-wave']));
  for (const wave of waves) expect(wave).toBeLessThan(-1);
});
