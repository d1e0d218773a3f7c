import { ApiError, type KubeClient } from './client';
import { nodes, type Pool, storageClass } from './control-plane/nodes';
import type { KubeObject } from './objects';
import { type Item, ofKind } from './output';
import { pooled } from './wait';

interface ExternalSecret {
  data?: { secretKey: string }[];
  target?: { name?: string; template?: { type?: string; data?: Record<string, string>; mergePolicy?: string } };
}
interface Placed {
  template: {
    spec: {
      nodeSelector?: Readonly<Record<string, string>>;
      tolerations?: readonly { readonly key: string; readonly value: string }[];
    };
  };
}
interface Claim {
  storageClassName?: string;
}
interface Claims {
  volumeClaimTemplates?: { spec?: Claim }[];
}

/** Namespaces that objects lie in and that none of them makes: Terraform's bootstrap or an operator's chart does. */
export function foreignNamespaces(items: readonly Item[]): string[] {
  const own = new Set(ofKind(items, 'Namespace').map(({ metadata }) => metadata.name));
  const used = items.flatMap(({ object }) => object.metadata.namespace ?? []);
  return [...new Set(used)].filter((name) => !own.has(name)).sort();
}

/** Creates what is there in a real cluster before Argo CD starts: foreign namespaces, storage classes and node pools. */
export async function prepare(client: KubeClient, items: readonly Item[]): Promise<void> {
  const namespaces = foreignNamespaces(items).map((name) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name },
  }));
  const sets = ofKind<KubeObject<Claims>>(items, 'StatefulSet').flatMap(({ spec }) => spec?.volumeClaimTemplates ?? []);
  const claims = [...ofKind<KubeObject<Claim>>(items, 'PersistentVolumeClaim'), ...sets];
  const classes = new Set(claims.flatMap(({ spec }) => spec?.storageClassName || []));
  const pools = poolsOf(items).flatMap((pool) => nodes(3, pool));
  const provided = [...namespaces, ...[...classes].map((name) => storageClass(name)), ...pools];
  for (const object of provided) await ensure(client, object);
}

/** Does what operators would do with the output before pods can start: write the Secrets. */
export async function operate(client: KubeClient, items: readonly Item[]): Promise<void> {
  const secrets = items.flatMap(({ object }) => secretsOf[object.kind]?.(object) ?? []);
  await pooled(8, secrets, (secret) => ensure(client, secret));
}

/** The Secrets that each kind's operator writes. */
const secretsOf: Readonly<Record<string, (object: KubeObject) => KubeObject[]>> = {
  ExternalSecret: (object) => {
    const { data = [], target } = object.spec as ExternalSecret;
    const template = target?.template;
    const templated = Object.keys(template?.data ?? {});
    const fetched = data.map(({ secretKey }) => secretKey);
    const keys = templated.length > 0 && template?.mergePolicy !== 'Merge' ? templated : [...fetched, ...templated];
    return [secret(object, target?.name ?? object.metadata.name, keys, template?.type)];
  },
  Certificate: (object) => {
    const { secretName } = object.spec as { secretName: string };
    return [secret(object, secretName, ['tls.crt', 'tls.key'], 'kubernetes.io/tls')];
  },
  Cluster: (object) => [
    secret(object, `${object.metadata.name}-app`, ['dbname', 'host', 'password', 'port', 'uri', 'user', 'username']),
    secret(object, `${object.metadata.name}-ca`, ['ca.crt', 'ca.key']),
  ],
};

function secret({ metadata }: KubeObject, name: string, keys: readonly string[], type = 'Opaque'): KubeObject {
  // Valid wherever the API looks inside, as it does into a .dockerconfigjson.
  const data = Object.fromEntries(keys.map((key) => [key, Buffer.from('{"auths":{}}').toString('base64')]));
  const object = { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: metadata.namespace }, type, data };
  return object;
}

/** Looks first, as operators do: a quota charges whatever is tried to be made, also what is there already. */
async function ensure(client: KubeClient, object: KubeObject): Promise<void> {
  const there = await client.get(object).then(
    () => true,
    (error: unknown) => {
      if (error instanceof ApiError && error.status === 404) return false;
      throw error;
    },
  );
  if (there) return;
  await client.create(object).catch((error: unknown) => {
    if (!(error instanceof ApiError && error.status === 409)) throw error;
  });
}

/** The node pools that Deployments ask for, by what they select and tolerate. */
function poolsOf(items: readonly Item[]): Pool[] {
  const pools = new Map<string, Pool>();
  for (const { spec } of ofKind<KubeObject<Placed>>(items, 'Deployment')) {
    const { nodeSelector: labels, tolerations = [] } = (spec as Placed).template.spec;
    if (labels === undefined) continue;
    const taints = tolerations.map(({ key, value }) => ({ key, value, effect: 'NoSchedule' }));
    const key = JSON.stringify([labels, taints]);
    if (!pools.has(key)) pools.set(key, { name: `pool-${pools.size}`, labels, taints });
  }
  return [...pools.values()];
}
