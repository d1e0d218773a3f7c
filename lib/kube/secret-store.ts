import type { ISecretStoreSpec } from '@kubernetes-models/external-secrets/external-secrets.io/v1';
import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import type { Space } from '../model/resolved';
import { metadata, type Wave } from './metadata';

/** Name of the one store of a namespace. */
export const SECRET_STORE = 'secret-store';

/** The account that External Secrets reads a space's entries with; no pod runs as it. */
export const SECRET_READER = 'secret-reader';

export interface NamespaceSecretStoreProps {
  readonly space: Space;
}

/**
 * Where External Secrets reads a space's credentials, and as whom. The store lets each reader at its own space's entries
 * only; a store in the namespace, and none for the whole cluster, is what makes that hold.
 */
export class NamespaceSecretStore extends Construct {
  readonly reader: k8s.KubeServiceAccount;
  readonly store: ApiObject;

  constructor(scope: Construct, id: string, { space }: NamespaceSecretStoreProps) {
    super(scope, id);
    const { kind } = space.cluster.secretStore;
    const annotations: Record<string, string> =
      kind === 'aws-secrets-manager' ? { 'eks.amazonaws.com/role-arn': space.secretReader.role } : {};
    this.reader = new k8s.KubeServiceAccount(this, 'reader', {
      metadata: metadata(space, SECRET_READER, { wave: 'access', annotations }),
      automountServiceAccountToken: false,
    });
    this.store = secretStore(this, space, SECRET_STORE);
  }
}

/** What a space's entries are read through, by the reader of the namespace that it lies in. */
export function secretStore(scope: Construct, space: Space, name: string, wave: Wave = 'access'): ApiObject {
  const spec: ISecretStoreSpec = { provider: provider(space) };
  return new ApiObject(scope, 'store', {
    apiVersion: 'external-secrets.io/v1',
    kind: 'SecretStore',
    metadata: metadata(space, name, { wave }),
    spec,
  });
}

// --- internal ---

/** `secretReader.role` is what the store knows the reader by: a role of Vault or AWS, or the namespace of its entries. */
function provider({ cluster: { secretStore }, secretReader: { role } }: Space): ISecretStoreSpec['provider'] {
  const account = { name: SECRET_READER };
  switch (secretStore.kind) {
    case 'vault': {
      const { server, mount, authMount } = secretStore;
      const auth = { kubernetes: { mountPath: authMount, role, serviceAccountRef: account } };
      return { vault: { server, path: mount, version: 'v2', auth } };
    }
    case 'aws-secrets-manager': {
      const auth = { jwt: { serviceAccountRef: account } };
      return { aws: { service: 'SecretsManager', region: secretStore.region, auth } };
    }
    case 'kubernetes': {
      const caProvider = { type: 'ConfigMap' as const, name: 'kube-root-ca.crt', key: 'ca.crt' };
      const server = { url: 'https://kubernetes.default.svc', caProvider };
      return { kubernetes: { remoteNamespace: role, server, auth: { serviceAccount: account } } };
    }
  }
}
