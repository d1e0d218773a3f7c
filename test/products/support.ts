import type { Product, TenantFile } from '../../lib';
import { platformObjects, registrationObjects, tenantObjects } from '../../lib/kube/manifests';
import { formatProblem } from '../../lib/model/errors';
import type { PlatformModel } from '../../lib/model/parse-platform';
import { resolveTenant } from '../../lib/model/resolve';
import { priorityLevels, sharedSpace } from '../../lib/model/resolve-shared';
import type { ResolvedService, Space, Tenant } from '../../lib/model/resolved';
import { renderTenant } from '../../lib/synth/render';
import { at, type Manifest, only } from '../kube/fixture';
import { model } from '../model/fixture';

/** Products of the library on a made-up platform: what a tenant and its shared services come to, as data and as objects. */

export { at, only };

const monitoring = {
  namespace: 'monitoring',
  podLabels: { app: 'prometheus' },
  monitorLabels: {},
  prober: 'blackbox:9115',
};

function oidc(region: string, host: string) {
  return { engine: 'oidc', version: '2025.10', region, host, port: 443, peer: { cidr: '10.30.0.0/28' } };
}

/** A platform that offers one product, with all that the five need of it. */
export function platformOf(product: Product, changes: Readonly<Record<string, unknown>> = {}): PlatformModel {
  return model(
    {
      'clusters.eu-1.operators': ['cloudnative-pg', 'mariadb-operator'],
      'clusters.us-1.operators': ['mariadb-operator'],
      'clusters.us-1.apiServer': { cidrs: ['10.0.1.0/28'] },
      'clusters.us-1.nodePools': { dedicated: { labels: { pool: 'dedicated' }, cpu: 32, memoryGiB: 128 } },
      'clusters.eu-1.servers.oidc': 'auth-eu',
      'clusters.us-1.servers.oidc': 'auth-us',
      'clusters.eu-1.monitoring': monitoring,
      'servers.auth-eu': oidc('north', 'auth.eu.example'),
      'servers.auth-us': oidc('south', 'auth.us.example'),
      ...changes,
    },
    [product],
  );
}

/** A tenant of a file, with what is written in it replaced. */
export function tenantOf(platform: PlatformModel, file: TenantFile, changes: object = {}): Tenant {
  const input = { ...(file.input as object), ...changes } as { readonly id: string };
  const { tenant, problems } = resolveTenant(platform, `${input.id}.ts`, input);
  if (tenant === null) throw new Error(problems.map(formatProblem).join('\n'));
  return tenant;
}

/** What is wrong with such a tenant, as lines. */
export function problemsOf(platform: PlatformModel, file: TenantFile, changes: object): string[] {
  return resolveTenant(platform, 'file.ts', { ...(file.input as object), ...changes }).problems.map(formatProblem);
}

/** Everything in the tenant's namespace. */
export function objectsOf(tenant: Tenant): Manifest[] {
  return tenantObjects(tenant) as unknown as Manifest[];
}

/** What the tenant adds to what others own: the product's shared namespace, the platform's operators. */
export function registered(platform: PlatformModel, tenant: Tenant): Manifest[] {
  return registrationObjects(platform, tenant) as unknown as Manifest[];
}

export function sharedOf(platform: PlatformModel, clusterName = 'eu-1'): Space {
  const space = sharedSpace(platform, productOf(platform), clusterName);
  if (space === null) throw new Error('no shared services');
  return space;
}

/** What the cluster has once. */
export function clusterObjects(platform: PlatformModel, clusterName = 'eu-1'): Manifest[] {
  const product = productOf(platform);
  return platformObjects({
    platform,
    clusterName,
    products: [product],
    shared: product.shared === null ? [] : [sharedOf(platform, clusterName)],
    priorities: priorityLevels([product]),
  }) as unknown as Manifest[];
}

/** Paths of the files that a tenant is written to; it throws where one cannot be. */
export function filesOf(platform: PlatformModel, tenant: Tenant): string[] {
  return renderTenant(platform, tenant).map(({ path }) => path);
}

export function serviceOf({ services }: Space, name: string): ResolvedService {
  const found = services.find((service) => service.name === name);
  if (found === undefined) throw new Error(`no service ${name}`);
  return found;
}

/** A variable as the text that it has in the manifest, each secret as `<entry/key>` without the path before it. */
export function variable(service: ResolvedService, name: string): string | undefined {
  const found = service.env.find((each) => each.name === name);
  return found?.parts
    .map((part) => (typeof part === 'string' ? part : `<${part.path.split('/').at(-1)}/${part.key}>`))
    .join('');
}

/** The one container of a workload. */
export function containerOf(objects: readonly Manifest[], name: string, kind = 'Deployment'): Record<string, unknown> {
  return at(only(objects, kind, name), 'spec.template.spec.containers.0') as Record<string, unknown>;
}

// --- internal ---

function productOf({ products }: PlatformModel) {
  const [product] = products.values();
  if (product === undefined) throw new Error('no product');
  return product;
}
