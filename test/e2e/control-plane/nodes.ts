import type { KubeObject } from '../objects';

const ZONES = ['a', 'b', 'c'];

/** Nodes set apart: what selects them, and what keeps others away. */
export interface Pool {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly { readonly key: string; readonly value: string; readonly effect: string }[];
}

/** Nodes without machines, spread over three zones, large enough that only quotas and spread rules can refuse a pod. */
export function nodes(count: number, pool: Pool = { name: 'node', labels: {}, taints: [] }): KubeObject[] {
  const capacity = { cpu: '512', memory: '2Ti', pods: '20000', 'ephemeral-storage': '10Ti' };
  return Array.from({ length: count }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: `${pool.name}-${index + 1}`,
      labels: {
        ...pool.labels,
        'kubernetes.io/hostname': `${pool.name}-${index + 1}`,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'topology.kubernetes.io/region': 'e2e',
        'topology.kubernetes.io/zone': `e2e-${ZONES[index % ZONES.length]}`,
      },
    },
    spec: pool.taints.length === 0 ? undefined : { taints: pool.taints },
    status: { capacity, allocatable: capacity },
  }));
}

/** A class whose volumes KWOK provisions at once, and that lets them grow as a real one does. */
export function storageClass(name: string, isDefault = false): KubeObject {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name, annotations: { 'storageclass.kubernetes.io/is-default-class': String(isDefault) } },
    provisioner: 'kwok.x-k8s.io/volume',
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'Immediate',
    allowVolumeExpansion: true,
  } as KubeObject;
}
