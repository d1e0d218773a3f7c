import { NamespaceSecretStore } from '../../lib/kube/secret-store';
import type { SecretStore as Store } from '../../lib/model/platform';
import { at, cluster, manifests, only, space } from './fixture';
import { publishedProblems } from './published';

function render(secretStore: Store, role = 'nekotab-acme') {
  const of = space({ cluster: { ...cluster, secretStore }, secretReader: { role } });
  return manifests((chart) => new NamespaceSecretStore(chart, 'store', { space: of }));
}

const aws: Store = { kind: 'aws-secrets-manager', region: 'eu-west-1', roleArn: 'arn:aws:iam::1:role/{id}' };
const kubernetes: Store = { kind: 'kubernetes', namespace: 'store-{id}' };
const provider = (store: Store, role?: string) => at(only(render(store, role), 'SecretStore'), 'spec.provider');

test('the reader is an account whose token nobody mounts', () => {
  expect(only(render(cluster.secretStore), 'ServiceAccount')).toMatchObject({
    metadata: {
      name: 'secret-reader',
      namespace: 'nekotab-acme',
      annotations: { 'argocd.argoproj.io/sync-wave': '-2' },
    },
    automountServiceAccountToken: false,
  });
});

test('Vault knows the reader by its account and a role of the tenant’s own', () => {
  const serviceAccountRef = { name: 'secret-reader' };
  expect(provider(cluster.secretStore)).toEqual({
    vault: {
      server: 'https://vault.internal.example:8200',
      path: 'secret',
      version: 'v2',
      auth: { kubernetes: { mountPath: 'kubernetes', role: 'nekotab-acme', serviceAccountRef } },
    },
  });
});

test('AWS knows the reader by the role that its account bears', () => {
  const role = 'arn:aws:iam::1:role/acme';
  expect(only(render(aws, role), 'ServiceAccount').metadata.annotations).toMatchObject({
    'eks.amazonaws.com/role-arn': role,
  });
  expect(provider(aws, role)).toEqual({
    aws: {
      service: 'SecretsManager',
      region: 'eu-west-1',
      auth: { jwt: { serviceAccountRef: { name: 'secret-reader' } } },
    },
  });
});

test('Kubernetes keeps the entries in a namespace that is not the tenant’s', () => {
  expect(provider(kubernetes, 'store-acme')).toEqual({
    kubernetes: {
      remoteNamespace: 'store-acme',
      server: {
        url: 'https://kubernetes.default.svc',
        caProvider: { type: 'ConfigMap', name: 'kube-root-ca.crt', key: 'ca.crt' },
      },
      auth: { serviceAccount: { name: 'secret-reader' } },
    },
  });
});

test('stores are what External Secrets publishes, and one of no kind that it knows is refused', () => {
  const stores = [cluster.secretStore, aws, kubernetes].map((store) => only(render(store), 'SecretStore'));
  const wrong = { ...stores[0], spec: { provider: { aws: { service: 'Secrets', region: 'eu-west-1' } } } };
  expect(publishedProblems([...stores, wrong])).toEqual([null, null, null, expect.stringContaining('service')]);
});
