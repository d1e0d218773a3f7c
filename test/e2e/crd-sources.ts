/** A Go module that carries CRDs. `sum` is Go's own checksum of the module, so that a version means one content. */
export interface CrdModule {
  /** The API group, or the end of several. */
  readonly group: string;
  readonly module: string;
  readonly version: string;
  readonly sum: string;
  /** A folder of YAML files, or one file. */
  readonly path: string;
}

/** Where the real CRDs come from: the newest versions that Go 1.26 accepts. This is the only table of their versions. */
export const CRD_MODULES: readonly CrdModule[] = [
  {
    group: 'argoproj.io',
    module: 'github.com/argoproj/argo-cd/v3',
    version: 'v3.5.7',
    sum: 'h1:Xm1BF+I5OgDKUG3SDK49vn2/Y5AMyaNVko+/JT08gj0=',
    path: 'manifests/crds',
  },
  {
    group: 'cert-manager.io',
    module: 'github.com/cert-manager/cert-manager',
    version: 'v1.21.2',
    sum: 'h1:UWgoYM+KLNtRlqmoWOKjKBOBUPVHeepQ6/ac3ERJW68=',
    path: 'deploy/crds',
  },
  {
    group: 'gateway.envoyproxy.io',
    module: 'github.com/envoyproxy/gateway',
    version: 'v1.9.1',
    sum: 'h1:vAVp6/AlBXJ1aOhp1mxL7fNEzVEfjADUguUhm2wzxQY=',
    path: 'charts/gateway-helm/charts/crds/crds/generated',
  },
  {
    group: 'external-secrets.io',
    module: 'github.com/external-secrets/external-secrets',
    version: 'v1.3.2',
    sum: 'h1:u2J8RjlHIeF0oZCqtl92adI/uZWUwOesJIDkfql6LqQ=',
    path: 'config/crds/bases',
  },
  {
    group: 'keda.sh',
    module: 'github.com/kedacore/keda/v2',
    version: 'v2.21.0',
    sum: 'h1:R6z2HZvstK4RLUMxroNACzBj74xGxt3kG59b5Xc+Xps=',
    path: 'config/crd/bases',
  },
  {
    group: 'monitoring.coreos.com',
    module: 'github.com/prometheus-operator/prometheus-operator',
    version: 'v0.85.0',
    sum: 'h1:M5xLCLEoaW2IJfnuCwFzzpL+jSVQu3KGT84Pye+fW8s=',
    path: 'example/prometheus-operator-crd',
  },
  {
    group: 'rabbitmq.com',
    module: 'github.com/rabbitmq/messaging-topology-operator',
    version: 'v1.16.0',
    sum: 'h1:2eDyniKe6Ai+BJmtW7/KDc2nfNUrUa220QbGU3fLnZA=',
    path: 'config/crd/bases',
  },
  {
    group: 'traefik.io',
    module: 'github.com/traefik/traefik/v3',
    version: 'v3.7.13',
    sum: 'h1:T8wy9KuaFzCkmXCqAzDy7t73pBDR1DHrJe3pqXpNXTw=',
    path: 'docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml',
  },
  {
    group: 'gateway.networking.k8s.io',
    module: 'sigs.k8s.io/gateway-api',
    version: 'v1.6.3',
    sum: 'h1:lKpJa5bGlraC/QeACvCpsHLdmO6y0iKfzVl6gzaFEYc=',
    path: 'config/crd/standard',
  },
];

/** A kind whose real CRD is in no module: group, version, kind, plural. Its schema accepts everything. */
export type OpenKind = readonly [group: string, version: string, kind: string, plural: string];

/** Named one by one, so that a misspelt group or kind in the output is still refused. */
export const OPEN_KINDS: readonly OpenKind[] = [
  ['postgresql.cnpg.io', 'v1', 'Cluster', 'clusters'],
  ['postgresql.cnpg.io', 'v1', 'Database', 'databases'],
  ['postgresql.cnpg.io', 'v1', 'Pooler', 'poolers'],
  ['postgresql.cnpg.io', 'v1', 'ScheduledBackup', 'scheduledbackups'],
  ['k8s.mariadb.com', 'v1alpha1', 'MariaDB', 'mariadbs'],
  ['k8s.mariadb.com', 'v1alpha1', 'Database', 'databases'],
  ['k8s.mariadb.com', 'v1alpha1', 'User', 'users'],
  ['k8s.mariadb.com', 'v1alpha1', 'Grant', 'grants'],
  ['k8s.mariadb.com', 'v1alpha1', 'Backup', 'backups'],
];
