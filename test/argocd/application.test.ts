import { Application } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/Application';
import { AppProject } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/AppProject';
import fc from 'fast-check';
import { clusterApplications, type ProjectAndApplication, tenantApplication } from '../../lib/argocd';
import type { PlatformData } from '../../lib/model/platform';
import { tenantId } from '../../lib/model/text';
import { type JsonObject, toManifest } from '../../lib/synth/yaml';
import { cluster } from '../kube/fixture';

const platform = {
  name: 'example',
  git: { repository: 'https://git.example/platform/tenants.git', revision: 'main', path: 'dist' },
  argocd: { namespace: 'argocd' },
  backup: { namespace: 'tenantry-backup' },
  clusters: { 'eu-1': { ...cluster, server: 'https://eu-1.internal.example:6443' } },
} as unknown as PlatformData;

const kinds = [
  { group: 'apps', kind: 'Deployment' },
  { group: '', kind: 'Service' },
  { group: '', kind: 'ConfigMap' },
  { group: 'apps', kind: 'Deployment' },
];

function acme(changes: Partial<Parameters<typeof tenantApplication>[0]> = {}): ProjectAndApplication {
  return tenantApplication({
    platform,
    clusterName: 'eu-1',
    tenant: { id: 'acme', namespace: 'nekotab-acme' },
    kinds,
    folder: 'kubernetes/eu-1/acme',
    ...changes,
  });
}

const object = (apiVersion: string, kind: string, name: string, namespace?: string) => ({
  apiVersion,
  kind,
  metadata: { name, namespace },
});

function ofCluster() {
  const files = clusterApplications({
    platform,
    clusterName: 'eu-1',
    objects: [
      object('v1', 'Namespace', 'tenantry-backup'),
      object('scheduling.k8s.io/v1', 'PriorityClass', 'tenantry-1000'),
      object('gateway.networking.k8s.io/v1', 'Gateway', 'public', 'gateway'),
      object('v1', 'ServiceAccount', 'backup', 'tenantry-backup'),
    ],
    registered: [{ group: 'batch', kind: 'CronJob' }],
  });
  const [[project, application], [rootProject, root]] = files.map(({ objects }) => objects) as unknown as [
    ProjectAndApplication,
    ProjectAndApplication,
  ];
  return { files, project, application, rootProject, root };
}

test('both objects of each application are what the published schema wants', () => {
  const { project, application, rootProject, root } = ofCluster();
  for (const each of [acme()[0], project, rootProject]) new AppProject(each).validate();
  for (const each of [acme()[1], application, root]) new Application(each).validate();
});

test('the published schema refuses what is misspelt, so that passing it says something', () => {
  const [project, application] = acme();
  const spec = { ...application.spec, destination: undefined } as unknown as typeof application.spec;
  expect(() => new Application({ ...application, spec }).validate()).toThrow();
  const wrong = { ...project.spec, sourceRepos: 'https://git.example' } as unknown as typeof project.spec;
  expect(() => new AppProject({ ...project, spec: wrong }).validate()).toThrow();
});

test('a project allows one repository, one namespace of one cluster, and the emitted kinds, each once and sorted', () => {
  const [{ metadata, spec }] = acme();
  expect(metadata.name).toBe('acme');
  expect(metadata.namespace).toBe('argocd');
  expect(spec).toEqual({
    description: 'Tenant acme on eu-1',
    sourceRepos: ['https://git.example/platform/tenants.git'],
    destinations: [{ server: 'https://eu-1.internal.example:6443', namespace: 'nekotab-acme' }],
    clusterResourceWhitelist: [{ group: '', kind: 'Namespace', name: 'nekotab-acme' }],
    namespaceResourceWhitelist: [
      { group: '', kind: 'ConfigMap' },
      { group: '', kind: 'Service' },
      { group: 'apps', kind: 'Deployment' },
    ],
    orphanedResources: { warn: true },
  });
});

test('the Namespace is allowed by its name only, although it is among the emitted kinds', () => {
  const [{ spec }] = acme({ kinds: [...kinds, { group: '', kind: 'Namespace' }] });
  expect(spec.namespaceResourceWhitelist).not.toContainEqual({ group: '', kind: 'Namespace' });
  expect(spec.clusterResourceWhitelist).toEqual([{ group: '', kind: 'Namespace', name: 'nekotab-acme' }]);
});

test('the order in which kinds were met leaves no trace', () => {
  expect(acme({ kinds: [...kinds].reverse() })).toEqual(acme());
});

test('an application syncs one folder and no folder below', () => {
  const [, { spec }] = acme();
  expect(spec.project).toBe('acme');
  expect(spec.source).toEqual({
    repoURL: 'https://git.example/platform/tenants.git',
    targetRevision: 'main',
    path: 'dist/kubernetes/eu-1/acme',
    directory: { recurse: false },
  });
  expect(spec.destination).toEqual({ server: 'https://eu-1.internal.example:6443', namespace: 'nekotab-acme' });
});

test('an application heals itself, and deletes nothing without a confirmation', () => {
  const { application, root } = ofCluster();
  for (const { metadata, spec } of [acme()[1], application, root]) {
    expect(spec.syncPolicy?.automated).toEqual({ prune: true, selfHeal: true, allowEmpty: false });
    expect(spec.syncPolicy?.syncOptions).toEqual(
      expect.arrayContaining(['Prune=confirm', 'Delete=confirm', 'FailOnSharedResource=true', 'ServerSideApply=true']),
    );
    expect(metadata.finalizers).toBeUndefined();
    expect(metadata.annotations?.['argocd.argoproj.io/manifest-generate-paths']).toBe('.');
  }
});

test('neither project nor application goes with its file before a person has confirmed it', () => {
  for (const { metadata } of acme()) {
    expect(metadata.annotations?.['argocd.argoproj.io/sync-options']).toBe('Prune=confirm,Delete=confirm');
  }
});

test('_platform may touch the cluster-scoped objects and namespaces that are emitted, by name', () => {
  const { files, project, application } = ofCluster();
  expect(files[0]?.path).toBe('argocd/eu-1/_platform.yaml');
  expect(project.spec.clusterResourceWhitelist).toEqual([
    { group: '', kind: 'Namespace', name: 'tenantry-backup' },
    { group: 'scheduling.k8s.io', kind: 'PriorityClass', name: 'tenantry-1000' },
  ]);
  expect(project.spec.namespaceResourceWhitelist).toEqual([
    { group: '', kind: 'ServiceAccount' },
    { group: 'batch', kind: 'CronJob' },
    { group: 'gateway.networking.k8s.io', kind: 'Gateway' },
  ]);
  expect(project.spec.destinations?.map(({ namespace }) => namespace)).toEqual(['tenantry-backup', 'gateway']);
  expect(application.spec.source?.path).toBe('dist/kubernetes/eu-1/_platform');
});

test('the root syncs applications and projects into the namespace of Argo CD, and nothing else', () => {
  const { files, rootProject, root } = ofCluster();
  expect(files[1]?.path).toBe('argocd/eu-1/_root.yaml');
  expect(rootProject.spec.clusterResourceWhitelist).toEqual([]);
  expect(rootProject.spec.namespaceResourceWhitelist).toEqual([
    { group: 'argoproj.io', kind: 'AppProject' },
    { group: 'argoproj.io', kind: 'Application' },
  ]);
  expect(rootProject.spec.destinations).toEqual([{ server: 'https://kubernetes.default.svc', namespace: 'argocd' }]);
  expect(root.spec.source?.path).toBe('dist/argocd/eu-1');
});

test('no tenant can have the name of a platform or root application', () => {
  const { application, root } = ofCluster();
  expect(application.metadata.name).toBe('platform.eu-1');
  expect(root.metadata.name).toBe('root.eu-1');
  expect(tenantId.safeParse('platform.eu-1').success).toBe(false);
  expect(tenantId.safeParse('platform-eu-1').success).toBe(true);
});

test('what would be a pattern in a project is taken as it is written, or refused', () => {
  const at = (server: string, repository: string) => ({
    ...platform,
    git: { ...platform.git, repository },
    clusters: { 'eu-1': { ...cluster, server } },
  });
  const [project, application] = acme({ platform: at('https://[fd00::1]:6443', 'https://git.example/a.git') });
  expect(project.spec.destinations?.[0]?.server).toBe('https://\\[fd00::1\\]:6443');
  expect(application.spec.destination.server).toBe('https://[fd00::1]:6443');
  for (const repository of ['https://git.example/*', '!https://git.example/a.git', 'https://git.example/{a,b}.git']) {
    expect(() => acme({ platform: at('https://eu-1.example', repository) })).toThrow('expected the address of one git');
  }
});

test('a cluster that the platform does not have is refused', () => {
  expect(() => acme({ clusterName: 'eu-9' })).toThrow('the platform has no cluster eu-9');
});

test('2,500 tenants of a cluster stay below the 10 MB that Argo CD reads of a folder', () => {
  const many = Array.from({ length: 30 }, (_, i) => ({ group: `group-${i}.example.io`, kind: `SomeLongerKind${i}` }));
  const arbitrary = fc.record({
    id: fc.stringMatching(/^[a-z][a-z0-9-]{30}[a-z0-9]$/),
    namespace: fc.stringMatching(/^[a-z][a-z0-9-]{61}[a-z0-9]$/),
  });
  fc.assert(
    fc.property(arbitrary, (tenant) => {
      const objects = acme({ tenant, kinds: many, folder: `kubernetes/eu-1/${tenant.id}` });
      expect(toManifest(objects as unknown as JsonObject[]).length).toBeLessThan(4000);
    }),
    { numRuns: 20 },
  );
});
