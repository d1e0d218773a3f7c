import { createHash } from 'node:crypto';
import { libraryModules } from '../../lib/cli/modules';
import { type Registry, readRegistry } from '../../lib/registry';
import { parseIndex, parseShared } from '../../lib/registry/index-entry';
import { renderCluster, renderTenant } from '../../lib/synth/render';
import { ownerOf } from '../../lib/synth/synthesize';
import { newRegistry, tenantFile } from '../cli/support';
import { groupOf, objects } from './objects';

type Resolved = Registry & { readonly platform: NonNullable<Registry['platform']> };

let registry: Resolved;

beforeAll(async () => {
  const purged = tenantFile('delta', { lifecycle: `{ state: 'purged' }` });
  const { platform, ...rest } = await readRegistry(newRegistry({ 'tenants/delta.ts': purged }), libraryModules());
  if (platform === null) throw new Error('the registry is wrong');
  registry = { ...rest, platform };
});

function tenant(id: string) {
  const found = registry.tenants.find((it) => it.id === id);
  if (found === undefined) throw new Error(`no tenant ${id}`);
  return renderTenant(registry.platform, registry.whole(found));
}

describe('a tenant', () => {
  test('comes down to a manifest, its application, what it adds to the platform, and its index entry', () => {
    expect(tenant('alpha').map(({ path }) => path)).toEqual([
      'kubernetes/eu-1/alpha/manifest.yaml',
      'kubernetes/eu-1/_platform/alpha.yaml',
      'argocd/eu-1/alpha.yaml',
      'terraform/stacks/alpha/cdk.tf.json',
      'index/alpha.json',
    ]);
  });

  test('has an index entry that is read back, with the digest of every other file and every claim', () => {
    const files = tenant('alpha');
    const entry = parseIndex(files.at(-1)?.text ?? '');
    const digests = files.slice(0, -1).map(({ path, text }) => [path, createHash('sha256').update(text).digest('hex')]);
    expect(entry?.files).toEqual(Object.fromEntries(digests));
    const { claims } = registry.tenants.find(({ id }) => id === 'alpha') ?? { claims: [] };
    expect(new Set(entry?.claims.map(({ space, name }) => `${space} ${name}`))).toEqual(
      new Set(claims.map(({ space, name }) => `${space} ${name}`)),
    );
  });

  test('that is purged keeps its index entry and its claims alone', () => {
    const [index, ...more] = tenant('delta');
    expect([index?.path, more]).toEqual(['index/delta.json', []]);
    expect(parseIndex(index?.text ?? '')).toMatchObject({ state: 'purged', files: {} });
    expect(parseIndex(index?.text ?? '')?.claims.length).toBeGreaterThan(5);
  });

  test('is rendered to the same texts again, and changes nothing that it is given', () => {
    const before = structuredClone(registry.tenants);
    expect(tenant('beta')).toEqual(tenant('beta'));
    expect(registry.tenants).toEqual(before);
  });

  test('allows its application every kind that it may come to have on its cluster, and no other', () => {
    const [manifest = [], , [project] = []] = tenant('alpha').map(({ text }) => objects(text));
    const { namespaceResourceWhitelist, clusterResourceWhitelist } = (project?.spec ?? {}) as Record<string, object[]>;
    const allowed = namespaceResourceWhitelist?.map((it) => Object.values(it).join('/')) ?? [];
    for (const { apiVersion, kind } of manifest)
      if (kind !== 'Namespace') expect(allowed).toContain(`${groupOf(apiVersion)}/${kind}`);
    // Credentials come by External Secrets, and nothing of a cluster is a tenant's.
    for (const kind of ['/Secret', '/Namespace', '/PersistentVolume', 'argoproj.io/Application', '*/*'])
      expect(allowed).not.toContain(kind);
    expect(allowed.join(' ')).not.toMatch(/\*|Cluster(Role|SecretStore|ExternalSecret)/);
    expect(clusterResourceWhitelist).toEqual([{ group: '', kind: 'Namespace', name: 'nekotab-alpha' }]);
  });

  test('travels to a thread and back unchanged', () => {
    const { products: _, file: __, ...platform } = registry.platform;
    for (const it of registry.tenants.map(registry.whole))
      expect(renderTenant(structuredClone(platform), structuredClone(it))).toEqual(renderTenant(platform, it));
  });
});

test('a service may be called what a part of a space is called', async () => {
  const names = ['base', 'network', 'access', 'secret-store', 'servers', 'monitoring', 'routes'];
  const [found] = registry.tenants;
  const tenant = found === undefined ? undefined : registry.whole(found);
  const [service] = tenant?.services ?? [];
  if (tenant === undefined || service === undefined) throw new Error('no service');
  const services = names.map((name) => ({ ...service, name }));
  const [manifest] = renderTenant(registry.platform, { ...tenant, services, jobs: [], routes: [] });
  const deployments = objects(manifest?.text ?? '').filter(({ kind }) => kind === 'Deployment');
  expect(deployments.map(({ metadata }) => metadata.name)).toEqual(names);
});

test('a cluster has an index entry of what each product’s shared services hold, that is read back', () => {
  const files = renderCluster(registry.platform, registry.platform, 'eu-1').filter(({ path }) => /^index/.test(path));
  const spaces = [...(registry.platform.shared.get('eu-1')?.values() ?? [])];
  expect(files.map(({ path }) => path)).toEqual(spaces.map(({ product }) => `index/_shared/eu-1.${product}.json`));
  const entries = files.map(({ text }) => parseShared(text));
  expect(entries).toMatchObject(spaces.map(({ product, namespace }) => ({ product, namespace, placement: 'eu-1' })));
  for (const entry of entries) {
    expect(entry?.claims.some(({ stateful }) => stateful)).toBe(true);
    expect(entry).toHaveProperty('credentials');
  }
});

test('every path is owned by whom it is rendered for, and by nobody else', () => {
  const owned = registry.tenants
    .map(registry.whole)
    .flatMap((it) => renderTenant(registry.platform, it).map(({ path }) => [path, it.id] as const));
  const shared = ['eu-1', 'us-1'].flatMap((name) => renderCluster(registry.platform, registry.platform, name));
  for (const [path, id] of owned) expect([path, ownerOf(path)]).toEqual([path, id]);
  for (const { path } of shared) expect([path, ownerOf(path)]).toEqual([path, undefined]);
  const paths = [...owned.map(([path]) => path), ...shared.map(({ path }) => path)];
  expect(new Set(paths).size).toBe(paths.length);
  for (const path of ['index/alpha', 'argocd/alpha.yaml', 'kubernetes/eu-1/alpha', 'notes/alpha.json', 'alpha'])
    expect([path, ownerOf(path)]).toEqual([path, undefined]);
});
