import type { TenantFacts } from '../../lib/model/resolved';
import { namespaceClaims, sharedNamespaceProblems } from '../../lib/registry/namespaces';
import { ruleProblems } from '../../lib/registry/rules';
import { model, productHaving, resolved } from '../model/fixture';

const podLabels = { app: 'x' };
const changes = {
  'clusters.us-1.monitoring': { namespace: 'watching', podLabels },
  'clusters.us-1.endpoints': {
    traces: { url: 'http://traces', peer: { namespace: 'tracing', podLabels }, port: 4318 },
  },
  'servers.redis-us.peer': { namespace: 'caches', podLabels },
  'argocd.namespace': 'continuous',
};

/** Problems of shared services in a namespace of this name. */
function problems(
  namespace: string,
  more: Readonly<Record<string, unknown>> = {},
  tenants: readonly TenantFacts[] = [],
) {
  const platform = model({ ...changes, ...more }, [productHaving({ 'shared.namespace': namespace })]);
  return sharedNamespaceProblems(platform, tenants);
}

describe('shared services may not be in the namespace of', () => {
  test.each([
    ['continuous', 'Argo CD'],
    ['watching', 'the monitoring of us-1'],
    ['edge', 'the routing of us-1'],
    ['caches', 'the server redis-us'],
    ['tracing', 'the endpoint traces of us-1'],
    ['cert-manager', 'cert-manager'],
    ['external-secrets', 'External Secrets'],
    ['cnpg-system', 'CloudNativePG'],
    ['mariadb-operator', 'mariadb-operator'],
    ['rabbitmq-system', 'RabbitMQ’s operators'],
    ['kube-public', 'Kubernetes'],
    ['kube-anything', 'Kubernetes'],
    ['store-anybody', 'the secret store of us-1'],
  ])('%s, which is that of %s', (namespace, owner) => {
    expect(problems(namespace)).toEqual([
      {
        code: 'E_PLATFORM_FIELD',
        file: 'platform.ts',
        path: 'products.shop.shared.namespace',
        found: `"${namespace}" is the namespace of ${owner}`,
        fix: 'write one of its own',
      },
    ]);
  });

  test('a store of secrets whose namespaces are called like tenants', () => {
    const byId = { 'clusters.us-1.secretStore.namespace': '{id}' };
    const acme = resolved({ placement: 'us-1' }, model(byId));
    expect(problems('acme', byId, [acme])).toMatchObject([{ found: expect.stringContaining('the secrets of acme') }]);
    expect(problems('acme', byId)).toEqual([]);
  });
});

test.each(['shop-hub', 'argo', 'stores', 'kubernetes', 'monitoring'])(
  'shared services may be in %s, which is nobody else’s',
  (namespace) => {
    expect(problems(namespace)).toEqual([]);
  },
);

test('a store of another kind keeps nothing in namespaces', () => {
  const vault = { 'clusters.us-1.secretStore': { kind: 'vault', server: 'https://vault.example' } };
  expect(problems('store-anybody', vault)).toEqual([]);
});

test('a tenant may not be in a namespace that holds the secrets of another', () => {
  const of = (template: string) => {
    const platform = model({}, [
      productHaving({ names: { namespace: template, secretPath: '{product}/{id}/{name}' } }),
    ]);
    const at = (id: string) => resolved({ id, placement: 'us-1', settings: { siteId: id.length } }, platform);
    return ruleProblems(platform, [at('acme'), at('other')]).map(({ code, found }) => [code, found]);
  };
  expect(of('store-{id}')).toEqual([
    ['E_CLAIM', 'the namespace "store-acme" is taken by the secrets of acme on us-1'],
    ['E_CLAIM', 'the namespace "store-other" is taken by the secrets of other on us-1'],
  ]);
  expect(of('shop-{id}')).toEqual([]);
});

test('each namespace that is somebody’s is claimed once', () => {
  const names = namespaceClaims(model(changes), []).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toEqual(expect.arrayContaining(['continuous', 'watching', 'edge', 'caches', 'shop-hub', 'gateway']));
});
