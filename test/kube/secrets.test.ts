import { type SecretEntry, secretEntries } from '../../lib/kube/environment';
import { WorkloadSecrets } from '../../lib/kube/secrets';
import type { Space } from '../../lib/model/resolved';
import { at, cluster, manifests, only, secretPart, service, space, web } from './fixture';
import { publishedProblems } from './published';

function render(entries: readonly SecretEntry[] = secretEntries(web()), overrides: Partial<Space> = {}) {
  const props = { space: space(overrides), workload: 'web', entries };
  return only(
    manifests((chart) => new WorkloadSecrets(chart, 'secrets', props)),
    'ExternalSecret',
  );
}

const data = (entries: readonly SecretEntry[]) =>
  at(render(entries), 'spec.data') as { secretKey: string; remoteRef: { key: string; property: string } }[];

test('a workload has one Secret, with a key for each variable that holds a secret', () => {
  const found = render();
  expect(found).toMatchObject({
    apiVersion: 'external-secrets.io/v1',
    metadata: { name: 'web-secrets', namespace: 'nekotab-acme', annotations: { 'argocd.argoproj.io/sync-wave': '-1' } },
    spec: {
      refreshInterval: '1h0m0s',
      secretStoreRef: { kind: 'SecretStore', name: 'secret-store' },
      target: { name: 'web-secrets', creationPolicy: 'Owner', deletionPolicy: 'Retain' },
    },
  });
  expect(at(found, 'spec.target.template')).toEqual({
    engineVersion: 'v2',
    mergePolicy: 'Replace',
    metadata: { labels: space().labels },
    data: {
      SECRET_KEY: '{{ .secret_key_value }}',
      DATABASE_URL:
        'postgresql://nekotab_acme_app:{{ .database_password | urlquery | replace "+" "%20" }}' +
        '@pg-eu-1.internal.example:5432/nekotab_acme',
    },
  });
});

test('a file with a secret has a key of its own, by its place among the files', () => {
  const files = [
    { name: '/etc/motd', parts: ['welcome'] },
    { name: '/etc/app.ini', parts: ['key = ', secretPart('secret-key', 'value')] },
  ];
  const found = render(secretEntries(service({ env: [], files })));
  expect(at(found, 'spec.target.template.data')).toEqual({ 'file.1': 'key = {{ .secret_key_value }}' });
});

test('each key of the store is read once, whole, from its path and property', () => {
  const password = secretPart('database', 'password');
  const entries = [
    { key: 'A', parts: [password, ':', { ...password, encode: 'url' as const }] },
    { key: 'B', parts: [secretPart('database', 'user'), password] },
  ];
  const defaults = { conversionStrategy: 'Default', decodingStrategy: 'None', metadataPolicy: 'None' };
  const key = 'production/nekotab/acme/database';
  expect(data(entries)).toEqual([
    { secretKey: 'database_password', remoteRef: { key, property: 'password', ...defaults } },
    { secretKey: 'database_user', remoteRef: { key, property: 'user', ...defaults } },
  ]);
});

test('two paths with one end are told apart, and every name is one that Go knows as a field', () => {
  const part = (path: string, key: string) => ({ path, key, encode: 'none' as const });
  const parts = [
    part('a/db', 'pass-word'),
    part('b/db', 'pass.word'),
    part('c/2nd', 'k'),
    part('ключ', 'k'),
    part('x', ''),
  ];
  const names = data([{ key: 'A', parts }]).map(({ secretKey }) => secretKey);
  expect(names).toEqual(['db_pass_word', 'db_pass_word_2', 's_2nd_k', 's__k', 'x_']);
  for (const name of names) expect(name).toMatch(/^[A-Za-z_][A-Za-z0-9_]*$/);
});

test('a path is what the cluster’s store calls it', () => {
  const entries = [{ key: 'A', parts: [{ path: '/e-commerce/acme/db', key: 'k', encode: 'none' as const }] }];
  const keyIn = (secretStore: Space['cluster']['secretStore']) =>
    at(render(entries, { cluster: { ...cluster, secretStore } }), 'spec.data.0.remoteRef.key');
  expect(keyIn(cluster.secretStore)).toBe('e-commerce/acme/db');
  expect(keyIn({ kind: 'aws-secrets-manager', region: 'eu-west-1', roleArn: 'arn' })).toBe('/e-commerce/acme/db');
  expect(keyIn({ kind: 'kubernetes', namespace: 'store-acme' })).toBe('e-commerce.acme.db');
});

test('a text that looks like a template passes as what it is', () => {
  const parts = ['{{ .database_password }}{', secretPart('database', 'password'), '{{.z}}'];
  expect(at(render([{ key: 'A', parts }]), 'spec.target.template.data.A')).toBe(
    '{{ "{{" }} .database_password }}{{ "{" }}{{ .database_password }}{{ "{{" }}.z}}',
  );
});

test('a Secret of nothing but texts, which External Secrets refuses, is not made here', () => {
  expect(() => render([{ key: 'A', parts: ['text'] }])).toThrow('nothing in web-secrets is secret');
  expect(() => render([{ key: 'A', parts: ['text', secretPart('database', 'password')] }])).not.toThrow();
});

test('suspension changes nothing', () => {
  expect(render(undefined, { suspended: true })).toEqual(render());
});

test('it is what External Secrets publishes, and what that does not know is refused', () => {
  const found = render();
  const target = { ...(at(found, 'spec.target') as object), creationPolicy: 'Own' };
  const wrong = { ...found, spec: { ...(found.spec as object), target } };
  expect(publishedProblems([found, wrong])).toEqual([null, expect.stringContaining('creationPolicy')]);
});
