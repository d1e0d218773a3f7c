import type { IAppProject } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1';
import { metadata, type Scope } from './scope';

/** What an Application may do, and nothing besides: one repository, one cluster, its namespaces, and the kinds that are emitted. */
export function project(scope: Scope): IAppProject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    // Before the Application: one without a project is in error until its next refresh.
    metadata: metadata(scope, { 'argocd.argoproj.io/sync-wave': '-1' }),
    spec: {
      description: scope.description,
      sourceRepos: [exactRepository(scope.platform.git.repository)],
      destinations: scope.namespaces.map((namespace) => ({ server: escapeGlob(scope.server), namespace })),
      clusterResourceWhitelist: sorted(scope.clusterObjects),
      namespaceResourceWhitelist: sorted(scope.kinds),
      orphanedResources: { warn: true },
    },
  };
}

// --- internal ---

/** Projects match by globs; an IPv6 address is in brackets, which would be one. */
function escapeGlob(text: string): string {
  return text.replace(/[\\*?[\]{}]/g, '\\$&');
}

/** Argo CD normalizes an address before it takes it for a glob, so that escaping is no option. */
function exactRepository(repository: string): string {
  if (/^!|[\\*?[\]{}]/.test(repository)) {
    throw new Error(`expected the address of one git repository, got the pattern ${JSON.stringify(repository)}`);
  }
  return repository;
}

/** Each once, by group, kind and name: the same kinds give the same text, in whatever order they were met. */
function sorted(objects: Scope['clusterObjects']): Scope['clusterObjects'][number][] {
  const key = ({ group, kind, name = '' }: Scope['clusterObjects'][number]) => `${group}/${kind}/${name}`;
  const byKey = new Map(objects.map((object) => [key(object), object]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
}
