import { type Code, type Problem, show, suggest } from './errors';
import { formatPath, parseWith } from './explain';
import { canonicalHost } from './hosts';
import { cut, expand } from './names';
import type { Claim } from './offer';
import type { PlatformModel } from './parse-platform';
import type { ProductModel } from './parse-product';
import type { Cluster } from './platform';
import type { Plan } from './product';
import { resolveBackup } from './resolve-backup';
import { resolveOffers } from './resolve-offers';
import { resolveRoutes, valuesAt } from './resolve-routes';
import { resolveJob, resolveService } from './resolve-services';
import { resolveContainerLimits, resolveJobQuota, resolveQuota, type Sizing } from './resolve-space';
import type { ResolvedRoute, ResolvedService, SharedNamespace, Space, Tenant } from './resolved';
import { routingProblem } from './routing';
import { type TenantData, tenantSchema } from './tenant';
import { labelValue } from './text';
import { type Parts, plainText, type Reference, resolveValue } from './values';

/** The one step from what people wrote to the resolved tenant. */

export interface Resolution {
  /** Null where there are problems. */
  readonly tenant: Tenant | null;
  readonly problems: readonly Problem[];
}

/** Checks one tenant against its platform and applies every default. Needs nothing of other tenants. */
export function resolveTenant(platform: PlatformModel, file: string, input: unknown): Resolution {
  const { data, problems } = parseWith(tenantSchema, input, { code: 'E_TENANT_FIELD', file });
  if (data === null) return { tenant: null, problems };
  const resolver = new TenantResolver(platform, file, data);
  const tenant = resolver.resolve();
  return resolver.problems.length > 0 ? { tenant: null, problems: resolver.problems } : { tenant, problems: [] };
}

/** Labels that every object of a space bears; cost tools add up by them. */
export function spaceLabels(product: string, environment: string): Record<string, string> {
  return { 'app.kubernetes.io/managed-by': 'tenantry', 'app.kubernetes.io/part-of': product, environment };
}

// --- internal ---

class TenantResolver {
  readonly problems: Problem[] = [];

  constructor(
    private readonly platform: PlatformModel,
    private readonly file: string,
    private readonly data: TenantData,
  ) {}

  private add(code: Code, path: string, found: string, fix: string, file = this.file): void {
    this.problems.push({ code, file, path, found, fix });
  }

  resolve(): Tenant | null {
    const { data, platform } = this;
    const product = platform.products.get(data.product);
    const cluster = Object.hasOwn(platform.clusters, data.placement) ? platform.clusters[data.placement] : undefined;
    if (product === undefined)
      this.add(
        'E_TENANT_UNKNOWN',
        'product',
        `unknown product ${show(data.product)}`,
        suggest(data.product, [...platform.products.keys()]),
      );
    if (cluster === undefined)
      this.add(
        'E_TENANT_UNKNOWN',
        'placement',
        `unknown placement ${show(data.placement)}`,
        suggest(data.placement, Object.keys(platform.clusters)),
      );
    const plan =
      product !== undefined && Object.hasOwn(product.plans, data.plan) ? product.plans[data.plan] : undefined;
    if (product !== undefined && plan === undefined) {
      this.add(
        'E_TENANT_UNKNOWN',
        'plan',
        `${product.name} has no plan ${show(data.plan)}`,
        suggest(data.plan, Object.keys(product.plans)),
      );
    }
    if (product === undefined || cluster === undefined || plan === undefined) return null;
    return this.resolveFor(product, cluster, plan);
  }

  private resolveFor(product: ProductModel, cluster: Cluster, plan: Plan): Tenant | null {
    const { data, platform } = this;
    const { environment } = platform;
    const variables = { id: data.id, product: product.name, environment };
    const namespace = cut(expand(product.names.namespace, variables), 'namespace');
    const secretPath = (name: string) => expand(product.names.secretPath, { ...variables, name });
    const settings = this.settings(product);
    const features = this.features(product, plan);
    const limits = this.limits(plan);
    const jurisdiction = this.jurisdiction(cluster);
    this.checkDomains(plan);

    const isOn = (feature: string | null) => feature === null || features[feature] === true;
    const enabled = new Set(
      Object.keys(product.services).filter((name) => isOn(product.services[name]?.feature ?? null)),
    );
    const routes = resolveRoutes(product, product.routes, {
      id: data.id,
      apex: product.apex,
      domains: data.domains,
      settings,
      enabled,
      problem: (path, found, fix) => this.add('E_TENANT_FIELD', path, found, fix),
    });
    const offers = resolveOffers(
      product.backing.filter((backing) => isOn(backing.feature)),
      {
        id: data.id,
        product: product.name,
        environment,
        namespace,
        platform,
        clusterName: data.placement,
        cluster,
        jurisdiction,
        servers: data.servers,
        plan: plan.backing,
        secretPath,
        problem: (code, path, found, fix) => this.add(code, path, found, fix),
      },
    );
    for (const name of Object.keys(data.servers)) {
      if (!product.backing.some((b) => b.name === name))
        this.add(
          'E_TENANT_UNKNOWN',
          `servers.${name}`,
          `${product.name} has no backing service ${show(name)}`,
          suggest(
            name,
            product.backing.map((b) => b.name),
          ),
        );
    }

    const shared = sharedNamespace(product);
    const facts = this.facts(product, plan, namespace, cluster, jurisdiction, routes);
    const lookup = (reference: Reference): Parts => {
      const { source, name, output } = reference;
      switch (source) {
        case 'tenant':
          return [facts[name] ?? ''];
        case 'setting':
          return [settingText(settings, name)];
        case 'limit':
          return [String(limits[name] ?? '')];
        case 'feature':
          return [String(features[name] === true)];
        case 'service':
          return [address(output, name, product.services[name]?.port ?? null)];
        case 'shared':
          return [address(output, `${name}.${shared?.namespace ?? ''}.svc.cluster.local`, shared?.ports[name] ?? null)];
        case 'backing': {
          const parts = offers.find((offer) => offer.name === name)?.outputs[output];
          if (parts === undefined)
            this.add(
              'E_TENANT_PLAN',
              'features',
              `a service needs ${name}.${output}, and ${name} is switched off`,
              `switch on the feature of ${name}, or the service off`,
            );
          return parts ?? [''];
        }
      }
    };
    const values = (from: Readonly<Record<string, unknown>>, path: string) => this.texts(from, path, lookup);
    const identities = Object.entries(product.identities).map(([name, identity]) => ({
      name,
      serviceAccount: cut(expand(identity.serviceAccount, { id: data.id }), 'dnsLabel'),
      rules: identity.rules,
      reason: identity.reason,
    }));
    const overrides = this.serviceOverrides(product, enabled);
    const context = {
      lookup,
      identities: Object.fromEntries(identities.map((i) => [i.name, i.serviceAccount])),
      plan: plan.services,
      overrides,
    };
    const all = new Map<string, ResolvedService>();
    for (const name of enabled) {
      const service = product.services[name];
      if (service === undefined) continue;
      const resolved = resolveService(name, service, context);
      all.set(name, { ...resolved, calls: resolved.calls.filter((called) => enabled.has(called)) });
      this.checkReplicas(name, resolved);
    }
    const services = [...all.values()];
    const jobs = Object.entries(product.jobs).flatMap(([name, job]) => {
      const of = all.get(job.service);
      return of === undefined ? [] : [resolveJob(name, job, of, lookup)];
    });
    const backup = resolveBackup(platform, {
      id: data.id,
      namespace,
      clusterName: data.placement,
      plan,
      at: data.backup.at,
      services,
      offers,
      secretPath,
    });
    if (backup !== null) this.checkStore(backup.store.region, jurisdiction, backup.storeName);

    const pool = this.nodePool(plan, cluster);
    const customHosts = routes.flatMap((r) => r.hosts).filter((h) => h.kind === 'custom').length;
    const sizing: Sizing = {
      services,
      jobs,
      offers,
      backup: backup?.resources ?? null,
      solvers: cluster.routing.challenge === 'http01' ? customHosts : 0,
    };
    const planPath = `products.${product.name}.plans.${data.plan}`;
    const quota = resolveQuota(sizing, plan, data.overrides?.quota ?? {}, pool, (where, field, found, fix) => {
      // A plan that does not hold by itself is the product's mistake, told once; one that an override breaks is the tenant's.
      if (where === 'overrides') this.add('E_QUOTA', `overrides.quota.${field}`, found, fix);
      else if (Object.keys(data.overrides?.services ?? {}).length > 0)
        this.add('E_QUOTA', 'overrides.services', found, `${fix}, or add quota: { ${field}: ... } to the overrides`);
      else this.add('E_QUOTA', `${planPath}.quota.${field}`, found, fix, platform.file);
    });
    const containerLimits = resolveContainerLimits(sizing, plan.containers, (found, fix) => {
      if (Object.keys(data.overrides?.services ?? {}).length > 0) this.add('E_QUOTA', 'overrides.services', found, fix);
      else this.add('E_QUOTA', `${planPath}.containers`, found, fix, platform.file);
    });
    const state = data.lifecycle.state;
    const rateLimit = data.overrides?.rateLimit ?? plan.rateLimit;
    const routing =
      routes.length === 0
        ? null
        : routingProblem(cluster.routing, {
            rateLimit,
            suspended: state === 'suspended',
            customDomains: customHosts > 0,
          });
    if (routing !== null)
      this.add(
        'E_ROUTING',
        'placement',
        `the routing of ${data.placement} cannot serve this tenant: ${routing}`,
        'place it on a cluster whose controller can, or choose another plan',
      );

    const labels = {
      ...spaceLabels(product.name, environment),
      ...values(product.labels, 'labels'),
      tenant: data.id,
      plan: data.plan,
      ...(data.billing.costCenter === null ? {} : { 'cost-center': data.billing.costCenter }),
      ...(data.billing.id === null ? {} : { 'billing-id': data.billing.id }),
    };
    const space: Omit<Space, 'kind'> = {
      id: data.id,
      product: product.name,
      environment,
      namespace,
      clusterName: data.placement,
      cluster,
      labels,
      namespaceLabels: { ...labels, 'tenantry.dev/product': product.name },
      namespaceAnnotations: {
        'tenantry.dev/display-name': data.displayName,
        'tenantry.dev/contact': data.contact,
        'tenantry.dev/created-on': data.createdOn,
        ...values(product.annotations, 'annotations'),
      },
      suspended: state === 'suspended',
      services,
      jobs,
      offers,
      routes,
      roles: Object.entries(product.roles).map(([name, role]) => ({
        name,
        rules: role.rules,
        groups: role.groups.map((group) =>
          expand(group, { id: data.id, namespace, product: product.name, role: name }),
        ),
      })),
      identities,
      rateLimit,
      quota,
      jobQuota: resolveJobQuota(sizing),
      containerLimits,
      priorityClass: cut(`${product.name}-${data.plan}`, 'dnsLabel'),
      nodePool: pool,
      backup,
      secretReader: { role: readerRole(cluster, data.id, namespace) },
      shared,
    };
    return {
      ...space,
      kind: 'tenant',
      file: this.file,
      displayName: data.displayName,
      contact: data.contact,
      createdOn: data.createdOn,
      state,
      planName: data.plan,
      plan,
      jurisdiction,
      features,
      limits,
      settings,
      claims: this.claims(
        product,
        namespace,
        routes,
        services,
        offers.flatMap((o) => [...o.claims]),
        offers.flatMap((o) => o.secrets.map((s) => s.path)),
        backup,
        settings,
      ),
    };
  }

  private settings(product: ProductModel): unknown {
    const { settings } = this.data;
    if (product.settingsSchema === null) {
      const isEmpty =
        settings === undefined ||
        (typeof settings === 'object' && settings !== null && Object.keys(settings).length === 0);
      if (!isEmpty)
        this.add(
          'E_TENANT_FIELD',
          'settings',
          `${product.name} asks for no settings, got ${show(settings)}`,
          'remove them',
        );
      return {};
    }
    const { data, problems } = parseWith(product.settingsSchema, settings ?? {}, {
      code: 'E_TENANT_FIELD',
      file: this.file,
      prefix: 'settings',
    });
    this.problems.push(...problems);
    return data ?? {};
  }

  private features(product: ProductModel, plan: Plan): Record<string, boolean> {
    const wanted = this.data.features;
    for (const [name, on] of Object.entries(wanted)) {
      const path = formatPath('features', [name]);
      if (!Object.hasOwn(product.features, name))
        this.add(
          'E_TENANT_UNKNOWN',
          path,
          `${product.name} has no feature ${show(name)}`,
          Object.keys(product.features).length === 0 ? 'remove it' : suggest(name, Object.keys(product.features)),
        );
      else if (on && plan.features[name] === undefined) {
        const having = Object.entries(product.plans).flatMap(([other, p]) =>
          p.features[name] === undefined ? [] : [other],
        );
        this.add(
          'E_TENANT_PLAN',
          path,
          `the plan ${show(this.data.plan)} does not include ${show(name)}`,
          having.length === 0 ? 'remove it' : `remove it, or choose the plan ${having.join(' or ')}`,
        );
      }
    }
    return Object.fromEntries(
      Object.keys(product.features).map((name) => [
        name,
        plan.features[name] === undefined ? false : (wanted[name] ?? plan.features[name] === 'included'),
      ]),
    );
  }

  private limits(plan: Plan): Record<string, number | 'unlimited'> {
    const overrides = this.data.overrides?.limits ?? {};
    for (const name of Object.keys(overrides)) {
      if (!Object.hasOwn(plan.limits, name))
        this.add(
          'E_TENANT_UNKNOWN',
          formatPath('overrides.limits', [name]),
          `the plan has no limit ${show(name)}`,
          Object.keys(plan.limits).length === 0 ? 'remove it' : suggest(name, Object.keys(plan.limits)),
        );
    }
    return { ...plan.limits, ...overrides };
  }

  private serviceOverrides(product: ProductModel, enabled: ReadonlySet<string>) {
    const overrides = this.data.overrides?.services ?? {};
    for (const [name, override] of Object.entries(overrides)) {
      const path = formatPath('overrides.services', [name]);
      if (!enabled.has(name))
        this.add('E_TENANT_UNKNOWN', path, `this tenant has no service ${show(name)}`, suggest(name, [...enabled]));
      for (const volume of Object.keys(override.volumes ?? {})) {
        const volumes = Object.keys(product.services[name]?.volumes ?? {});
        if (!volumes.includes(volume))
          this.add(
            'E_TENANT_UNKNOWN',
            formatPath(path, ['volumes', volume]),
            `the service has no volume ${show(volume)}`,
            volumes.length === 0 ? 'remove it' : suggest(volume, volumes),
          );
      }
    }
    return overrides;
  }

  private checkReplicas(name: string, service: ResolvedService): void {
    const path = `overrides.services.${name}`;
    const { replicas, resources, volumes } = service;
    if (replicas.min > replicas.max)
      this.add(
        'E_TENANT_FIELD',
        `${path}.replicas`,
        `expected min to be at most max, got ${replicas.min} and ${replicas.max}`,
        'write both',
      );
    if (volumes.length > 0 && replicas.max > 1)
      this.add(
        'E_TENANT_FIELD',
        `${path}.replicas`,
        `${replicas.max} replicas would share a volume that one node mounts`,
        'write 1',
      );
    for (const key of ['cpu', 'memoryMiB', 'ephemeralMiB'] as const) {
      if (resources.limits[key] < resources.requests[key])
        this.add(
          'E_TENANT_FIELD',
          `${path}.limits.${key}`,
          `expected at least the request of ${resources.requests[key]}, got ${resources.limits[key]}`,
          `write at least ${resources.requests[key]}`,
        );
    }
  }

  private jurisdiction(cluster: Cluster): string {
    const own = this.platform.regions[cluster.region]?.jurisdiction ?? '';
    const wanted = this.data.residency;
    if (wanted !== null && wanted !== own) {
      const fitting = Object.entries(this.platform.clusters).flatMap(([name, c]) =>
        this.platform.regions[c.region]?.jurisdiction === wanted ? [name] : [],
      );
      this.add(
        'E_RESIDENCY',
        'placement',
        `${show(this.data.placement)} lies in ${show(own)}, and the data must stay in ${show(wanted)}`,
        fitting.length === 0 ? `write residency: ${show(own)}, or add a cluster in ${wanted}` : suggest('', fitting),
      );
    }
    return own;
  }

  private checkStore(region: string, jurisdiction: string, store: string): void {
    const of = this.platform.regions[region]?.jurisdiction;
    if (of === jurisdiction) return;
    this.add(
      'E_RESIDENCY',
      `clusters.${this.data.placement}.backupStore`,
      `backups in ${show(store)} would lie in ${show(of)}, and the data must stay in ${show(jurisdiction)}`,
      `name a store in ${jurisdiction}`,
      this.platform.file,
    );
  }

  private checkDomains(plan: Plan): void {
    const { domains } = this.data;
    const allowed = plan.customDomains === 'unlimited' ? Number.POSITIVE_INFINITY : plan.customDomains;
    if (domains.length > allowed) {
      this.add(
        'E_TENANT_PLAN',
        'domains',
        `the plan ${show(this.data.plan)} includes ${allowed === 0 ? 'no custom domain' : `${allowed} custom domain${allowed === 1 ? '' : 's'}`}, got ${domains.length}`,
        'remove some, or choose a larger plan',
      );
    }
    const seen = new Map<string, number>();
    for (const [i, domain] of domains.entries()) {
      const { host, problem } = canonicalHost(domain);
      if (host === undefined) {
        const [found, fix] = problem.split(' - ');
        this.add('E_TENANT_FIELD', `domains[${i}]`, found ?? problem, fix ?? 'write a host name');
        continue;
      }
      if (host.startsWith('*.'))
        this.add(
          'E_TENANT_FIELD',
          `domains[${i}]`,
          `${show(domain)} is a wildcard, and nobody can prove to own all names below a domain`,
          'write each host by itself',
        );
      const before = seen.get(host);
      if (before !== undefined)
        this.add('E_HOST', `domains[${i}]`, `${show(domain)} is the host of domains[${before}] already`, 'remove it');
      seen.set(host, i);
    }
  }

  private nodePool(plan: Plan, cluster: Cluster) {
    if (plan.nodePool === null) return null;
    const pool = cluster.nodePools[plan.nodePool];
    if (pool === undefined)
      this.add(
        'E_TENANT_PLAN',
        'placement',
        `the plan needs the node pool ${show(plan.nodePool)}, which ${show(this.data.placement)} does not have`,
        'place the tenant on a cluster that has it',
      );
    return pool ?? null;
  }

  private facts(
    product: ProductModel,
    plan: Plan,
    namespace: string,
    cluster: Cluster,
    jurisdiction: string,
    routes: readonly ResolvedRoute[],
  ): Record<string, string> {
    const { data, platform } = this;
    void plan;
    const hosts = [...new Set(routes.flatMap((route) => route.hosts.map((h) => h.host)))];
    const host = hosts[0] ?? '';
    return {
      id: data.id,
      displayName: data.displayName,
      product: product.name,
      plan: data.plan,
      environment: platform.environment,
      region: cluster.region,
      jurisdiction,
      namespace,
      contact: data.contact,
      billingId: data.billing.id ?? '',
      host,
      hosts: hosts.join(','),
      url: host === '' ? '' : `https://${host}`,
    };
  }

  /** Labels and annotations of the product, as texts. */
  private texts(
    from: Readonly<Record<string, unknown>>,
    path: 'labels' | 'annotations' | string,
    lookup: (reference: Reference) => Parts,
  ): Record<string, string> {
    return Object.fromEntries(
      Object.entries(from).map(([key, value]) => {
        const text = plainText(resolveValue(value as Parameters<typeof resolveValue>[0], lookup));
        if (path === 'labels' && text !== '' && !labelValue.safeParse(text).success) {
          this.add(
            'E_TENANT_FIELD',
            '',
            `the label ${show(key)} of the product would be ${show(text)}, which no label can hold`,
            'write a value of letters, digits, "-", "_" and "." where it comes from, or make it an annotation',
          );
        }
        return [key, text];
      }),
    );
  }

  private claims(
    product: ProductModel,
    namespace: string,
    routes: readonly ResolvedRoute[],
    services: readonly ResolvedService[],
    offered: readonly Claim[],
    secretPaths: readonly string[],
    backup: Tenant['backup'],
    settings: unknown,
  ): Claim[] {
    const { data } = this;
    const claim = (space: Claim['space'], name: string, stateful = false, fixed: Claim['fixed'] = {}): Claim => ({
      space,
      name,
      stateful,
      fixed,
    });
    const storageClass = this.platform.clusters[data.placement]?.storageClass ?? '';
    return [
      claim('id', data.id),
      claim('namespace', namespace, true),
      claim('argocd', data.id),
      claim('placement', `${data.id}@${data.placement}`, true),
      ...[...new Set(routes.flatMap((route) => route.hosts.map((h) => h.host)))].map((host) => claim('host', host)),
      ...services.flatMap((service) =>
        service.volumes.map((volume) =>
          claim('volume', `${data.placement}/${namespace}/${volume.claimName}`, true, {
            sizeGiB: volume.sizeGiB,
            storageClass,
          }),
        ),
      ),
      ...offered,
      ...[...new Set(secretPaths)].map((path) => claim('secret-path', path)),
      ...(backup === null
        ? []
        : [claim('backup-repository', backup.repository, true), claim('secret-path', backup.secretPath)]),
      ...product.uniqueSettings.flatMap((path) =>
        valuesAt(settings, path).map((value) => claim('setting', `${product.name}.${path}=${JSON.stringify(value)}`)),
      ),
    ];
  }
}

function sharedNamespace(product: ProductModel): SharedNamespace | null {
  if (product.shared === null) return null;
  const ports = Object.entries(product.shared.services).flatMap(([name, { port }]) =>
    port === null ? [] : [[name, port] as const],
  );
  return { namespace: product.shared.namespace, ports: Object.fromEntries(ports) };
}

function address(output: string, host: string, port: number | null): string {
  if (output === 'host') return host;
  return port === null ? `http://${host}` : `http://${host}:${port}`;
}

/** A setting as text: what is not a string is JSON, so that lists and numbers keep their meaning. */
function settingText(settings: unknown, path: string): string {
  let value: unknown = settings;
  for (const key of path.split('.')) {
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Record<string, unknown>)[key]
        : undefined;
  }
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
}

function readerRole(cluster: Cluster, id: string, namespace: string): string {
  const { secretStore } = cluster;
  const template =
    secretStore.kind === 'vault'
      ? secretStore.role
      : secretStore.kind === 'kubernetes'
        ? secretStore.namespace
        : secretStore.roleArn;
  return expand(template, { id, namespace });
}
