import { postgresql } from '../../lib/backing/postgresql';
import { jobSecretEntries, RolloutJob } from '../../lib/kube/job';
import type { ResolvedJob, Space } from '../../lib/model/resolved';
import { offerContext } from '../model/offer-context';
import { at, job, manifests, only, secretPart, service, space, stateful } from './fixture';

function render(of: ResolvedJob = job(), overrides: Partial<Space> = {}) {
  return manifests((chart) => new RolloutJob(chart, of.name, { space: space(overrides), job: of }));
}

/** As shared services may have it. */
function postgresqlOffer() {
  return postgresql({ name: 'database' }).offer({}, offerContext());
}

const nameOf = (of: ResolvedJob = job(), overrides: Partial<Space> = {}) =>
  only(render(of, overrides), 'Job').metadata.name;

test('the name carries a digest, the same for the same job', () => {
  expect(nameOf()).toMatch(/^migrate-[0-9a-f]{10}$/);
  expect(nameOf()).toBe(nameOf());
});

test.each<[string, ResolvedJob, Partial<Space>]>([
  ['image', job({ service: { ...job().service, image: 'ghcr.io/nekotab/nekotab:2.4.2' } }), {}],
  ['deadline', job({ deadlineSeconds: 700 }), {}],
  ['secret', job({ service: { ...job().service, env: [{ name: 'A', parts: [secretPart('a', 'b')] }] } }), {}],
  ['plan', job(), { labels: { ...space().labels, 'tenantry.dev/plan': 'premium' } }],
])('another %s is another Job, since a Job never changes', (_, changed, overrides) => {
  expect(nameOf(changed, overrides)).not.toBe(nameOf());
});

test('the order of labels is no difference', () => {
  const labels = Object.fromEntries(Object.entries(space().labels).reverse());
  expect(nameOf(job(), { labels })).toBe(nameOf());
});

test('a long name is cut, and its digest is not', () => {
  const name = 'a'.repeat(80);
  expect(nameOf(job({ name }))).toMatch(/^a+-[0-9a-z]{8}-[0-9a-f]{10}$/);
  expect(nameOf(job({ name })).length).toBeLessThanOrEqual(63);
});

test('it is a hook that leaves nothing to prune, after secrets and before workloads', () => {
  expect(only(render(), 'Job').metadata.annotations).toEqual({
    'argocd.argoproj.io/hook': 'Sync',
    'argocd.argoproj.io/hook-delete-policy': 'HookSucceeded,BeforeHookCreation',
    'argocd.argoproj.io/sync-wave': '1',
  });
});

test('it ends, with its pods, by its deadline, counts against the quota of jobs and leaves by itself', () => {
  expect(at(only(render(), 'Job'), 'spec')).toMatchObject({
    backoffLimit: 2,
    activeDeadlineSeconds: 600,
    ttlSecondsAfterFinished: 86_400,
    template: { spec: { activeDeadlineSeconds: 600, restartPolicy: 'Never' } },
  });
});

test('it has the configuration of its service under a name of its own', () => {
  const all = render();
  expect(only(all, 'ConfigMap').metadata.name).toBe('migrate-files');
  expect(only(all, 'ServiceAccount').metadata.name).toBe('migrate');
  expect(at(only(all, 'Job'), 'spec.template.spec')).toMatchObject({
    serviceAccountName: 'migrate',
    automountServiceAccountToken: false,
    containers: [
      {
        name: 'migrate',
        command: ['python', 'manage.py', 'migrate', '--noinput'],
        env: [
          { name: 'ALLOWED_HOSTS' },
          { name: 'SECRET_KEY', valueFrom: { secretKeyRef: { name: 'migrate-secrets', key: 'SECRET_KEY' } } },
          { name: 'DATABASE_URL' },
        ],
      },
    ],
  });
});

test('it neither probes nor listens, and mounts no volume that a running pod holds', () => {
  const container = at(
    only(render(job({ service: stateful({ port: 8000 }) })), 'Job'),
    'spec.template.spec.containers.0',
  );
  for (const key of ['ports', 'readinessProbe', 'livenessProbe', 'startupProbe'])
    expect(container).not.toHaveProperty(key);
  expect(at(container, 'volumeMounts')).toEqual([{ name: 'scratch-0', mountPath: '/tmp' }]);
});

test('a job of a service that acts as an identity acts as it too', () => {
  const all = render(job({ service: service({ identity: 'unity-acme' }) }));
  expect(all.map(({ kind }) => kind)).toEqual(['Job']);
  expect(at(only(all, 'Job'), 'spec.template.spec')).toMatchObject({
    serviceAccountName: 'unity-acme',
    automountServiceAccountToken: true,
  });
});

test('a suspended space runs none', () => {
  expect(render(job(), { suspended: true })).toEqual([]);
});

describe('what a client runs after it', () => {
  const backing = postgresqlOffer();
  const script = { file: 'shop.sql', sql: 'SELECT 1;\n', backing, image: 'postgres:17.6' };
  const spec = (of = job({ script })) => at(only(render(of), 'Job'), 'spec.template.spec');

  test('is the second step of its pod, with a password from its Secret', () => {
    expect(spec()).toMatchObject({
      initContainers: [{ name: 'migrate', command: ['python', 'manage.py', 'migrate', '--noinput'] }],
      containers: [
        {
          name: 'script',
          image: 'postgres:17.6',
          command: ['psql', '--no-psqlrc', '--set', 'ON_ERROR_STOP=1', '--file', '/script/shop.sql'],
          env: expect.arrayContaining([
            { name: 'PGDATABASE', value: 'shop_acme' },
            { name: 'PGPASSWORD', valueFrom: { secretKeyRef: { name: 'migrate-secrets', key: 'script.password' } } },
          ]),
        },
      ],
    });
    expect(jobSecretEntries(job({ script })).map(({ key }) => key)).toEqual([
      ...jobSecretEntries(job()).map(({ key }) => key),
      'script.password',
    ]);
  });

  test('is mounted from a ConfigMap that is there before', () => {
    const map = render(job({ script })).find(({ metadata }) => metadata.name === 'migrate-script');
    expect(map).toMatchObject({ kind: 'ConfigMap', data: { 'shop.sql': 'SELECT 1;\n' } });
    expect(map?.metadata.annotations).toMatchObject({ 'argocd.argoproj.io/sync-wave': '-1' });
    expect(at(spec(), 'volumes')).toContainEqual({
      name: 'script',
      configMap: { name: 'migrate-script', defaultMode: 0o444 },
    });
  });

  test('takes no more of the quota than the job alone', () => {
    const resources = (path: string, of = job({ script })) => at(spec(of), `${path}.0.resources`);
    expect(resources('containers')).toEqual(resources('initContainers'));
    expect(resources('containers')).toEqual(resources('containers', job()));
  });

  test('is part of the Job’s name', () => {
    const names = [job(), job({ script }), job({ script: { ...script, sql: 'SELECT 2;\n' } })].map((of) => nameOf(of));
    expect(new Set(names).size).toBe(3);
  });

  test('does not take the name of a job that is called so', () => {
    expect(spec(job({ name: 'script', script }))).toMatchObject({
      initContainers: [{ name: 'script-job' }],
      containers: [{ name: 'script' }],
    });
  });
});
