import { renderCluster } from '../../lib/synth/render';
import { serverStacks } from '../../lib/terraform/manifests';
import { postgresqlBaseline } from '../../lib/terraform/server';
import { type Block, platform, resources, type Stack, shopTenant, stackOf } from './fixture';

function clusterStackOf(name: string): Stack {
  const { products: _, file: __, ...data } = platform;
  const file = renderCluster(platform, data, name).find(
    ({ path }) => path === `terraform/stacks/_cluster-${name}/cdk.tf.json`,
  );
  return JSON.parse(file?.text ?? '{}') as Stack;
}

describe('the stack of a cluster', () => {
  test('makes the namespace of Argo CD and its root application, which waits for the chart', () => {
    const all = resources(clusterStackOf('vault'));
    expect(all.get('kubernetes_namespace_v1.argocd')).toMatchObject({
      metadata: { name: 'argocd' },
      lifecycle: { prevent_destroy: true },
    });
    const root = all.get('kubernetes_manifest.root-application') ?? {};
    expect(root).toMatchObject({
      count: '${var.argocd ? 1 : 0}',
      manifest: { kind: 'Application', metadata: { name: 'root.vault' } },
      depends_on: ['kubernetes_manifest.root-appproject'],
    });
  });

  test('lets retention read the password of every repository in Vault, and nothing else of a tenant', () => {
    const policy = resources(clusterStackOf('vault')).get('vault_policy.reader-platform-backup_policy')?.policy;
    expect(policy).toBe(
      'path "secret/data/production/platform/backup/backups" { capabilities = ["read"] }\n' +
        'path "secret/data/production/shop/+/backup" { capabilities = ["read"] }\n',
    );
  });

  test('knows no tenant, so that a new one changes nothing of it', () => {
    for (const name of ['vault', 'aws', 'kube']) expect(JSON.stringify(clusterStackOf(name))).not.toContain('acme');
  });
});

describe('readers of a store of Secrets', () => {
  const all = resources(stackOf(shopTenant('kube')));
  const rules = (name: string) =>
    (all.get(`kubernetes_role_v1._access_store_role-${name}`)?.rule as Block[] | undefined) ?? [];

  test('the tenant reads its own namespace of the store', () => {
    expect(all.get('kubernetes_namespace_v1._access_store_namespace')).toMatchObject({
      metadata: { name: 'store-acme' },
    });
    expect(rules('shop-acme')).toEqual([{ api_groups: [''], resources: ['secrets'], verbs: ['get', 'list', 'watch'] }]);
  });

  test('nobody else reads more than is named, and none lists', () => {
    expect(rules('tenantry-backup')).toEqual([
      { api_groups: [''], resource_names: ['production.shop.acme.backup'], resources: ['secrets'], verbs: ['get'] },
    ]);
    expect([...all.keys()].filter((address) => address.startsWith('kubernetes_role_v1.'))).toHaveLength(2);
  });

  test('each is an account that no pod runs as', () => {
    for (const [address, { subject }] of all) {
      if (address.startsWith('kubernetes_role_binding_v1.'))
        expect(subject).toMatchObject([{ kind: 'ServiceAccount', name: 'secret-reader' }]);
    }
  });
});

test('a reader of Vault reads the entries of its tenant, one by one', () => {
  const policy = String(resources(stackOf(shopTenant('vault'))).get('vault_policy._access_reader_policy')?.policy);
  const paths = policy.split('\n').filter((line) => line !== '');
  expect(paths).toHaveLength(8);
  for (const path of paths)
    expect(path).toMatch(/^path "secret\/data\/production\/shop\/acme\/[a-z-]+" \{ capabilities = \["read"\] \}$/);
});

describe('the stack of a server', () => {
  test('closes the databases that come with it, one after the other', () => {
    const [file] = serverStacks(platform);
    const all = resources(JSON.parse(file?.text ?? '{}') as Stack);
    expect([...all.values()].map(({ database, role, privileges }) => [database, role, privileges])).toEqual([
      ['postgres', 'public', []],
      ['template1', 'public', []],
    ]);
  });

  test('its baseline quotes the administrator, whatever it is called', () => {
    const server = platform.servers['pg-1'];
    if (server?.engine !== 'postgresql') throw new Error('expected a PostgreSQL');
    expect(postgresqlBaseline('pg-1', server)).toContain('"tenantry"');
    expect(postgresqlBaseline('pg-1', { ...server, admin: 'a"b' })).toContain('"a""b"');
  });
});
