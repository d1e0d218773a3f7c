import type { KubeClient } from '../client';
import { type KubeObject, title } from '../objects';

/**
 * Fake nodes start no containers, so nobody notices a Secret that a pod names and that is not there; a kubelet would
 * never start such a pod. This looks at what pods name instead.
 */
export async function missingReferences(client: KubeClient): Promise<string[]> {
  const [pods, secrets, configMaps] = await Promise.all([
    client.list<PodSpec>('v1', 'Pod'),
    client.list<never, never, WithData>('v1', 'Secret'),
    client.list<never, never, WithData>('v1', 'ConfigMap'),
  ]);
  const keys = new Map<string, Set<string>>();
  for (const object of [...secrets, ...configMaps]) {
    keys.set(title(object), new Set(Object.keys({ ...object.data, ...object.binaryData })));
  }
  const problems = pods.flatMap((pod) =>
    named(pod.spec ?? {}).flatMap(({ kind, name, key }) => {
      const target = `${kind} ${pod.metadata.namespace}/${name}`;
      const found = keys.get(target);
      if (found === undefined) return [`${owner(pod)}: names ${target}, which is not there`];
      return key === undefined || found.has(key) ? [] : [`${owner(pod)}: names ${target} ${key}, which is not there`];
    }),
  );
  return [...new Set(problems)].sort();
}

interface WithData extends KubeObject {
  data?: Record<string, string>;
  binaryData?: Record<string, string>;
}
interface Source {
  name?: string;
  secretName?: string;
  key?: string;
  items?: { key: string }[];
  optional?: boolean;
}
interface Container {
  env?: { valueFrom?: { secretKeyRef?: Source; configMapKeyRef?: Source } }[];
  envFrom?: { secretRef?: Source; configMapRef?: Source }[];
}
interface Volume {
  secret?: Source;
  configMap?: Source;
  projected?: { sources?: { secret?: Source; configMap?: Source }[] };
}
interface PodSpec {
  containers?: Container[];
  initContainers?: Container[];
  volumes?: Volume[];
  imagePullSecrets?: Source[];
}
interface Named {
  kind: 'Secret' | 'ConfigMap';
  name: string;
  key?: string;
}

function named(spec: PodSpec): Named[] {
  const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
  const env = containers.flatMap((container) => container.env ?? []).map((variable) => variable.valueFrom ?? {});
  const envFrom = containers.flatMap((container) => container.envFrom ?? []);
  const volumes = (spec.volumes ?? []).flatMap((volume) => [volume, ...(volume.projected?.sources ?? [])]);
  const secrets = [
    ...env.map(({ secretKeyRef }) => secretKeyRef),
    ...envFrom.map(({ secretRef }) => secretRef),
    ...volumes.map(({ secret }) => secret),
    ...(spec.imagePullSecrets ?? []),
  ];
  const configMaps = [
    ...env.map(({ configMapKeyRef }) => configMapKeyRef),
    ...envFrom.map(({ configMapRef }) => configMapRef),
    ...volumes.map(({ configMap }) => configMap),
  ];
  return [
    ...secrets.flatMap((source) => entries('Secret', source)),
    ...configMaps.flatMap((s) => entries('ConfigMap', s)),
  ];
}

function entries(kind: Named['kind'], source: Source | undefined): Named[] {
  const name = source?.secretName ?? source?.name;
  if (source === undefined || source.optional || name === undefined) return [];
  const keys = source.key === undefined ? (source.items ?? []).map(({ key }) => key) : [source.key];
  return keys.length === 0 ? [{ kind, name }] : keys.map((key) => ({ kind, name, key }));
}

/** A pod's name says nothing; its owner's does. */
function owner(pod: KubeObject): string {
  const [reference] = pod.metadata.ownerReferences ?? [];
  return reference ? `${reference.kind} ${pod.metadata.namespace}/${reference.name}` : title(pod);
}
