import type { Cluster } from '../model/platform';

/** An API group and a kind in it. */
export interface Kind {
  readonly group: string;
  readonly kind: string;
}

/**
 * Every kind that a tenant of this cluster may ever have, whatever it has now. Argo CD never prunes an object of a kind that its
 * project does not admit, so a list of today's kinds would leave behind the last object of a kind when it goes: a listener, with the
 * host that somebody else claims next.
 */
export function tenantKinds({
  routing,
  monitoring,
  operators,
}: Pick<Cluster, 'routing' | 'monitoring' | 'operators'>): Kind[] {
  const of = (group: string, ...kinds: readonly string[]) => kinds.map((kind) => ({ group, kind }));
  const routes = {
    gateway: [...of('gateway.networking.k8s.io', 'HTTPRoute', 'ListenerSet'), ...controllerKinds()],
    traefik: of('traefik.io', 'IngressRoute', 'Middleware'),
    ingress: of('networking.k8s.io', 'Ingress'),
  }[routing.kind];
  function controllerKinds(): Kind[] {
    if (routing.kind !== 'gateway') return [];
    if (routing.controller === 'traefik') return of('traefik.io', 'Middleware');
    return routing.controller === 'envoy-gateway'
      ? of('gateway.envoyproxy.io', 'BackendTrafficPolicy', 'HTTPRouteFilter')
      : [];
  }
  return [
    ...of('', 'ConfigMap', 'LimitRange', 'PersistentVolumeClaim', 'ResourceQuota', 'Service', 'ServiceAccount'),
    ...of('apps', 'Deployment', 'StatefulSet'),
    ...of('autoscaling', 'HorizontalPodAutoscaler'),
    ...of('batch', 'CronJob', 'Job'),
    ...of('cert-manager.io', 'Certificate'),
    ...of('external-secrets.io', 'ExternalSecret', 'SecretStore'),
    ...of('networking.k8s.io', 'NetworkPolicy'),
    ...of('policy', 'PodDisruptionBudget'),
    ...of('rbac.authorization.k8s.io', 'Role', 'RoleBinding'),
    ...(monitoring === null ? [] : of('monitoring.coreos.com', 'PodMonitor', 'Probe')),
    ...(operators.includes('cloudnative-pg') ? of('postgresql.cnpg.io', 'Cluster', 'Database') : []),
    ...(operators.includes('mariadb-operator') ? of('k8s.mariadb.com', 'Database', 'Grant', 'MariaDB', 'User') : []),
    ...(operators.includes('rabbitmq-topology')
      ? of('rabbitmq.com', 'Binding', 'Exchange', 'Permission', 'Queue', 'User', 'Vhost')
      : []),
    ...routes,
  ];
}
