import type { z } from 'zod';
import { identityProblem, roleProblem } from './access';
import { type Code, oneOf, type Problem, show, suggest } from './errors';
import { formatPath, isLoose, mayHave, parseWith } from './explain';
import { canonicalHost } from './hosts';
import { cut, expand, placeholders } from './names';
import type { BackingService } from './offer';
import { type Plan, type Product, type ProductData, productSchema, type Resources, type Service } from './product';
import { connectionsOf, connectionsOfJob, mergeResources } from './resolve-services';
import { pathPrefixProblem } from './routing';
import { window } from './schedule';
import { nameSchema } from './schemas';
import { references, TENANT_FIELDS, type Value } from './values';

/** A product after parsing: every default applied, every name inside it known to exist. */
export interface ProductModel extends ProductData {
  readonly backing: readonly BackingService[];
  readonly settingsSchema: z.ZodType | null;
}

/** Checks a product and applies its defaults. Problems point into the file that offers it. */
export function parseProduct(
  product: Product,
  file: string,
): { readonly product: ProductModel | null; readonly problems: readonly Problem[] } {
  const prefix = formatPath('products', [typeof product.name === 'string' ? product.name : '?']);
  const { data, problems } = parseWith(productSchema, product.input, { code: 'E_PRODUCT_FIELD', file, prefix });
  const given = givenProblems(product, file, prefix);
  if (data === null || given.length > 0) return { product: null, problems: [...problems, ...given] };
  const model: ProductModel = { ...data, backing: product.backing, settingsSchema: product.settings };
  const found = new ProductCheck(model, file, prefix).run();
  return { product: found.length === 0 ? model : null, problems: found };
}

/** Names of workloads, accounts and policies that every namespace has already. */
const TAKEN: readonly string[] = [
  ...['backup', 'default', 'secret-reader', 'secret-store'],
  ...['default-deny', 'dns', 'acme-solver'],
];

/** Labels that every tenant has, and prefixes of labels and annotations that steer others' controllers. */
const OWN_LABELS: readonly string[] = [
  ...['tenant', 'plan', 'environment', 'cost-center', 'billing-id'],
  ...['name', 'instance', 'part-of', 'managed-by'].map((name) => `app.kubernetes.io/${name}`),
];
const OWN_PREFIX = /^(tenantry\.dev|argocd\.argoproj\.io|(?!app\.)([^/]+\.)?(kubernetes|k8s)\.io)\//;

/** Whether names inside a product point at something; each `check` adds what does not. */
class ProductCheck {
  private readonly problems: Problem[] = [];
  private readonly services: string[];
  private readonly shared: string[];
  private readonly backing: string[];
  private readonly features: string[];
  private readonly limits: string[];

  constructor(
    private readonly product: ProductModel,
    private readonly file: string,
    private readonly prefix: string,
  ) {
    this.services = Object.keys(product.services);
    this.shared = Object.keys(product.shared?.services ?? {});
    this.backing = product.backing.map((b) => b.name);
    this.features = Object.keys(product.features);
    this.limits = [...new Set(Object.values(product.plans).flatMap((plan) => Object.keys(plan.limits)))];
  }

  run(): readonly Problem[] {
    const { services, shared, routes, labels, annotations } = this.product;
    this.checkBacking();
    this.checkTemplates();
    for (const [name, service] of Object.entries(services)) this.checkService(`services.${name}`, name, service, false);
    for (const [name, service] of Object.entries(shared?.services ?? {}))
      this.checkService(`shared.services.${name}`, name, service, true);
    this.checkVolumeNames();
    this.checkRoutes('routes', routes, services);
    if (shared !== null) this.checkRoutes('shared.routes', shared.routes, shared.services);
    this.checkJobs();
    this.checkAccess();
    this.checkPlans();
    this.checkFeatures();
    for (const path of this.product.uniqueSettings) this.checkSetting('uniqueSettings', path, true);
    for (const [key, value] of Object.entries(labels))
      this.checkLabel(formatPath('labels', [key]), value, OWN_LABELS.includes(key) || OWN_PREFIX.test(key));
    for (const [key, value] of Object.entries(annotations))
      this.checkLabel(formatPath('annotations', [key]), value, OWN_PREFIX.test(key));
    return this.problems;
  }

  private add(path: string, found: string, fix: string, code: Code = 'E_PRODUCT_FIELD'): void {
    this.problems.push({ code, file: this.file, path: `${this.prefix}.${path}`, found, fix });
  }

  private known(path: string, kind: string, name: string, names: readonly string[]): void {
    if (names.includes(name)) return;
    const fix = names.length === 0 ? `declare a ${kind} of that name` : suggest(name, names);
    this.add(path, `unknown ${kind} ${show(name)}`, fix);
  }

  private checkBacking(): void {
    const seen = new Set<string>();
    for (const { name, feature } of this.product.backing) {
      const path = formatPath('backing', [name]);
      const wrong = parseWith(nameSchema, name, { code: 'E_PRODUCT_FIELD', file: this.file }).problems[0];
      if (wrong !== undefined) this.add(path, wrong.found, wrong.fix);
      if (seen.has(name)) this.add(path, 'two backing services of one name', 'rename one of them');
      seen.add(name);
      // Own servers are workloads beside the services, and every secret has a path by its name.
      if (this.services.includes(name) || name in this.product.jobs)
        this.add(path, 'a backing service with the name of a service or job', 'rename one of them');
      if (TAKEN.includes(name)) this.add(path, 'a name that every tenant has already', 'rename it');
      if (feature !== null) this.known(`${path}.feature`, 'feature', feature, this.features);
    }
    for (const service of this.product.backing) this.checkOptions(service);
  }

  /** Options are those of the product, with what a plan changes. */
  private checkOptions({ name, options, schema }: BackingService): void {
    const base = formatPath('backing', [name]);
    const places = Object.entries(this.product.plans).map(([plan, { backing }]) => {
      const changed = Object.hasOwn(backing, name) ? backing[name] : undefined;
      return { path: changed === undefined ? base : formatPath('plans', [plan, 'backing', name]), changed };
    });
    for (const path of new Set(places.map((place) => place.path))) {
      const changed = places.find((place) => place.path === path)?.changed;
      const place = { code: 'E_PRODUCT_FIELD', file: this.file, prefix: `${this.prefix}.${path}` } as const;
      this.problems.push(...parseWith(schema, { ...options, ...changed }, place).problems);
    }
  }

  private checkTemplates(): void {
    const { names, apex, name: product, routes, shared, roles } = this.product;
    const known = { id: 'x1', product, environment: 'production' };
    const namespace = this.template('names.namespace', names.namespace, known, 'id');
    if (namespace !== null && !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(namespace))
      this.add('names.namespace', `${show(namespace)} can be no namespace`, 'write lower-case letters, digits and "-"');
    const secretPath = this.template('names.secretPath', names.secretPath, { ...known, name: 'x' }, 'id', 'name');
    if (secretPath !== null && !/^\/?(?!\.\.?(\/|$))[\w+=.@-]+(\/(?!\.\.?(\/|$))[\w+=.@-]+)*$/.test(secretPath))
      this.add(
        'names.secretPath',
        `${show(secretPath)} can be no path of a store`,
        'write names between single slashes',
      );
    for (const [i, { hosts }] of routes.entries())
      for (const [j, host] of hosts.entries()) this.checkHost(`routes[${i}].hosts[${j}]`, host);
    for (const [i, { hosts }] of (shared?.routes ?? []).entries()) {
      for (const [j, host] of hosts.entries())
        this.hostSample(
          `shared.routes[${i}].hosts[${j}]`,
          this.template(`shared.routes[${i}].hosts[${j}]`, host, { apex }),
        );
    }
    for (const [role, { groups }] of Object.entries(roles)) {
      for (const [i, group] of groups.entries()) {
        const path = `roles.${role}.groups[${i}]`;
        this.template(path, group, { id: 'x1', namespace: 'x1', product, role });
        if (group.startsWith('system:'))
          this.add(path, `${show(group)} is a group of Kubernetes' own`, 'write a group of the identity provider');
      }
    }
  }

  /** A host of tenants: one for each, or one for each value of one placeholder. */
  private checkHost(path: string, host: string): void {
    const { apex } = this.product;
    const many = placeholders(host).filter((p) => p === 'domain' || p.startsWith('settings.'));
    if (many.length > 1) this.add(path, `${oneOf(many)} in one host`, 'use one of them');
    for (const name of many) if (name !== 'domain') this.checkSetting(path, name.slice('settings.'.length), true);
    const values = Object.fromEntries(many.map((name) => [name, 'x.example']));
    this.hostSample(path, this.template(path, host, { id: 'x1', apex, ...values }));
    if (many.length === 0 && !placeholders(host).includes('id')) {
      this.add(
        path,
        `${show(host)} is the same host for every tenant`,
        'write {id} in it, or serve it as a shared route',
      );
    }
  }

  private hostSample(path: string, host: string | null): void {
    const problem = host === null ? undefined : canonicalHost(host).problem;
    if (problem !== undefined) this.add(path, problem.split(' - ')[0] ?? '', 'write a template such as {id}.{apex}');
  }

  /** The template with its variables in place, or null where it has unknown ones. */
  private template(
    path: string,
    template: string,
    variables: Readonly<Record<string, string>>,
    ...required: readonly string[]
  ): string | null {
    for (const name of required) {
      if (!placeholders(template).includes(name))
        this.add(path, `${show(template)} lacks {${name}}`, `write {${name}} in it, so that no two tenants share it`);
    }
    try {
      return expand(template, variables);
    } catch (error) {
      const [found, fix] = (error as Error).message.split(' - ');
      this.add(path, found ?? 'a wrong template', fix ?? 'write known placeholders');
      return null;
    }
  }

  private checkService(path: string, name: string, service: Service, isShared: boolean): void {
    const siblings = isShared ? this.shared : this.services;
    if (TAKEN.includes(name)) this.add(path, 'a name that every tenant has already', 'rename it');
    for (const [key, value] of Object.entries(service.env)) this.checkValue(`${path}.env.${key}`, value, isShared);
    for (const [key, value] of Object.entries(service.files))
      this.checkValue(formatPath(`${path}.files`, [key]), value, isShared);
    for (const value of [...service.command, ...service.args])
      this.checkValue(`${path}.command`, value, isShared, 'a command line');
    for (const called of service.calls) this.known(`${path}.calls`, 'service', called, siblings);
    for (const called of service.callsShared) this.known(`${path}.callsShared`, 'shared service', called, this.shared);
    for (const used of service.uses) this.known(`${path}.uses`, 'backing service', used, isShared ? [] : this.backing);
    if (service.feature !== null) this.known(`${path}.feature`, 'feature', service.feature, this.features);
    if (service.identity !== null)
      this.known(`${path}.identity`, 'identity', service.identity, Object.keys(this.product.identities));
    for (const field of ['feature', 'identity'] as const) {
      if (isShared && service[field] !== null)
        this.add(`${path}.${field}`, `a shared service has no ${field}: it serves every tenant`, 'remove it');
    }
    this.checkVolumes(path, service);
    this.checkPorts(path, service);
    this.checkMounts(path, service);
    this.checkResources(`${path}.resources`, service.resources);
    this.checkCalls(path, service, isShared);
  }

  /** Whoever is called must answer somewhere. */
  private checkCalls(path: string, service: Service, isShared: boolean): void {
    const { calls, callsShared } = connectionsOf(service);
    const { services, shared } = this.product;
    const own = isShared ? (shared?.services ?? {}) : services;
    for (const name of calls) {
      const called = own[name];
      if (called !== undefined && called.port === null && Object.keys(called.ports).length === 0)
        this.add(path, `it calls ${show(name)}, which has no port`, `write port: ... in services.${name}`);
    }
    for (const name of callsShared) {
      if (shared?.services[name] !== undefined && shared.services[name].port === null)
        this.add(path, `it calls ${show(name)}, which has no port`, `write port: ... in shared.services.${name}`);
    }
  }

  private checkVolumes(path: string, { volumes, replicas }: Service): void {
    if (Object.keys(volumes).length > 0 && replicas.max > 1) {
      this.add(
        `${path}.replicas.max`,
        `${replicas.max} replicas share a volume that one node mounts`,
        'write 1, or keep the data in a backing service',
      );
    }
  }

  /** The names of claims are joined of two names, and so can meet. */
  private checkVolumeNames(): void {
    const owners = new Map<string, string>();
    for (const [name, { volumes }] of Object.entries(this.product.services)) {
      for (const volume of Object.keys(volumes)) {
        const claim = cut(`${name}-${volume}`, 'persistentVolumeClaim');
        const owner = owners.get(claim);
        const path = `services.${name}.volumes.${volume}`;
        if (owner !== undefined) this.add(path, `its claim ${show(claim)} is that of ${owner}`, 'rename one of them');
        owners.set(claim, path);
      }
    }
  }

  private checkPorts(path: string, { port, ports, metrics, probes }: Service): void {
    if (port !== null && ports.http !== undefined)
      this.add(`${path}.ports.http`, 'a port with the name of the main one', 'rename it');
    if (metrics !== null && ports.metrics !== undefined && ports.metrics !== metrics.port)
      this.add(`${path}.ports.metrics`, `${ports.metrics} is not the port of metrics, ${metrics.port}`, 'rename it');
    const taken = new Map<number, string>(port === null ? [] : [[port, 'port']]);
    for (const [name, number] of Object.entries(ports)) {
      const other = taken.get(number);
      if (other !== undefined) this.add(`${path}.ports.${name}`, `${number} is that of ${other}`, 'remove one of them');
      if (name.includes('--')) this.add(`${path}.ports.${name}`, 'two hyphens in a row', 'rename it');
      taken.set(number, `ports.${name}`);
    }
    for (const [name, probe] of Object.entries(probes)) {
      if (port === null && probe !== null && 'http' in probe && probe.port === null)
        this.add(`${path}.probes.${name}`, 'the service has no port to ask', 'write port: ... in the probe');
    }
  }

  /** Kubernetes mounts one thing at a path, and nothing inside a file. */
  private checkMounts(path: string, { files, volumes, scratch }: Service): void {
    const names = Object.keys(files);
    const paths = [...names, ...Object.values(volumes).map((v) => v.path), ...scratch];
    for (const twice of new Set(paths.filter((p, i) => paths.indexOf(p) !== i)))
      this.add(path, `two things are mounted at ${show(twice)}`, 'give each its own path');
    for (const file of names) {
      const inside = paths.find((p) => p.startsWith(`${file}/`));
      if (inside !== undefined)
        this.add(path, `${show(inside)} lies in ${show(file)}, which is a file`, 'give each its own path');
    }
  }

  private checkResources(path: string, resources: Resources): void {
    const { requests, limits } = mergeResources(resources, undefined);
    for (const key of ['cpu', 'memoryMiB', 'ephemeralMiB'] as const) {
      if (limits[key] < requests[key])
        this.add(
          `${path}.limits.${key}`,
          `${limits[key]} is below the request of ${requests[key]}`,
          `write at least ${requests[key]}`,
        );
    }
  }

  /** Texts on a command line are seen by everybody who lists processes, and labels by everybody, so no secret may be among them. */
  private checkValue(path: string, value: Value, isShared: boolean, open: string | null = null): void {
    references(value, ({ source, name, output }) => {
      if (isShared && source !== 'service' && source !== 'shared') {
        this.add(
          path,
          `a shared service refers to the ${source} ${show(name)}`,
          'it serves every tenant: let it learn of them by the projection',
        );
      } else if (source === 'tenant') this.known(path, 'field of the tenant', name, TENANT_FIELDS);
      else if (source === 'service') this.known(path, 'service', name, isShared ? this.shared : this.services);
      else if (source === 'shared') this.known(path, 'shared service', name, this.shared);
      else if (source === 'limit') this.known(path, 'limit', name, this.limits);
      else if (source === 'feature') this.known(path, 'feature', name, this.features);
      else if (source === 'setting') this.checkSetting(path, name, false);
      else {
        this.known(path, 'backing service', name, this.backing);
        const service = this.product.backing.find((b) => b.name === name);
        if (service !== undefined) this.known(path, `output of ${name}`, output, service.outputs);
        if (open !== null)
          this.add(path, `a backing service in ${open}`, `pass it by env; everybody who looks sees ${open}`);
      }
    });
  }

  /** Hosts and claims follow from each element of a list; a value is one text. */
  private checkSetting(path: string, setting: string, isOfMany: boolean): void {
    const { settingsSchema } = this.product;
    if (settingsSchema !== null && mayHave(settingsSchema, setting.split('.'), isOfMany)) return;
    const fix = settingsSchema === null ? 'write settings: z.strictObject({ ... })' : 'write one that settings has';
    this.add(path, `unknown setting ${show(setting)}`, fix);
  }

  private checkLabel(path: string, value: Value, isTaken: boolean): void {
    if (isTaken) this.add(path, 'a key that is not the product’s to set', 'choose another key');
    this.checkValue(path, value, false, 'labels and annotations');
  }

  private checkRoutes(path: string, routes: ProductData['routes'], services: ProductData['services']): void {
    const seen = new Set<string>();
    for (const [i, route] of routes.entries()) {
      for (const [prefix, name] of Object.entries(route.paths)) {
        const place = formatPath(`${path}[${i}].paths`, [prefix]);
        this.known(place, 'service', name, Object.keys(services));
        if (services[name] !== undefined && services[name].port === null)
          this.add(place, `the service ${show(name)} has no port`, `write port: ... in services.${name}`);
        const problem = pathPrefixProblem(prefix);
        if (problem !== null) this.add(place, problem, 'write another path');
        for (const key of route.hosts.map((host) => `${host} ${prefix.replace(/(?!^)\/$/, '')}`)) {
          if (seen.has(key)) this.add(place, `${show(key.replace(' ', ''))} is routed already`, 'remove one of them');
          seen.add(key);
        }
      }
    }
  }

  private checkJobs(): void {
    for (const [name, job] of Object.entries(this.product.jobs)) {
      if (TAKEN.includes(name)) this.add(`jobs.${name}`, 'a name that every tenant has already', 'rename it');
      if (this.services.includes(name))
        this.add(`jobs.${name}`, 'a job with the name of a service', 'rename one of them');
      this.known(`jobs.${name}.service`, 'service', job.service, this.services);
      for (const [key, value] of Object.entries(job.env)) this.checkValue(`jobs.${name}.env.${key}`, value, false);
      for (const value of job.command) this.checkValue(`jobs.${name}.command`, value, false, 'a command line');
      if (job.resources !== null) this.checkResources(`jobs.${name}.resources`, job.resources);
    }
  }

  private checkAccess(): void {
    for (const [name, role] of Object.entries(this.product.roles)) {
      for (const [i, rule] of role.rules.entries()) {
        const problem = roleProblem(rule);
        if (problem !== null)
          this.add(
            `roles.${name}.rules[${i}]`,
            problem,
            'remove it; people reach that through a reviewed pull request',
          );
      }
    }
    const accounts = new Set<string>();
    for (const [name, identity] of Object.entries(this.product.identities)) {
      this.checkAccount(`identities.${name}.serviceAccount`, identity.serviceAccount, accounts);
      for (const [i, rule] of identity.rules.entries()) {
        const problem = identityProblem(rule, identity.reason);
        if (problem !== null)
          this.add(`identities.${name}.rules[${i}]`, problem, 'narrow it, or say in reason why the product needs it');
      }
    }
  }

  /** An account with rights must be nobody else's, whatever the tenant is called: every workload has one of its own name. */
  private checkAccount(path: string, template: string, accounts: Set<string>): void {
    const account = this.template(path, template, { id: 'x1' });
    if (account === null) return;
    if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(account))
      this.add(path, `${show(account)} can be no account`, 'write lower-case letters, digits and "-"');
    if (accounts.has(account)) this.add(path, `${show(template)} is another identity's account`, 'rename one of them');
    accounts.add(account);
    const [head = '', ...tail] = template.split('{id}').map((text) => text.replace(/[^a-z0-9-]/g, '\\$&'));
    // The same id in every place: what the first one takes, the others repeat.
    const id = (i: number) => (i === 0 ? '([a-z][a-z0-9-]*[a-z0-9])' : '\\1');
    const ofSomeTenant = new RegExp(`^${head}${tail.map((text, i) => `${id(i)}${text}`).join('')}$`);
    const taken = [...TAKEN, ...this.services, ...Object.keys(this.product.jobs), ...this.backing];
    const met = taken.find((name) => ofSomeTenant.test(name));
    if (met !== undefined)
      this.add(path, `${show(template)} can be ${show(met)}, which is the account of something else`, 'rename it');
  }

  private checkPlans(): void {
    for (const [name, plan] of Object.entries(this.product.plans)) {
      const path = `plans.${name}`;
      for (const service of Object.keys(plan.services)) {
        this.known(`${path}.services.${service}`, 'service', service, this.services);
        this.checkSizes(`${path}.services.${service}`, service, plan);
      }
      for (const feature of Object.keys(plan.features))
        this.known(`${path}.features.${feature}`, 'feature', feature, this.features);
      for (const backing of Object.keys(plan.backing))
        this.known(`${path}.backing.${backing}`, 'backing service', backing, this.backing);
      if (plan.quota === 'unlimited' && plan.nodePool === null) {
        this.add(
          `${path}.quota`,
          '"unlimited" without a node pool that bounds it',
          'name one in nodePool, or write a quota',
        );
      }
      for (const limit of this.limits) {
        if (!Object.hasOwn(plan.limits, limit))
          this.add(
            formatPath(`${path}.limits`, [limit]),
            'other plans have this limit and this one does not',
            'write a number or "unlimited"',
          );
      }
      const problem = plan.backup.window === null ? undefined : window(plan.backup.window).problem;
      if (problem !== undefined) this.add(`${path}.backup.window`, problem, 'write two different times');
      this.checkContainers(`${path}.containers`, plan.containers);
    }
  }

  /** Sizes of one service in one plan. */
  private checkSizes(path: string, name: string, plan: Plan): void {
    const sizes = plan.services[name];
    const service = this.product.services[name];
    if (service === undefined || sizes === undefined) return;
    for (const volume of Object.keys(sizes.volumes ?? {}))
      this.known(`${path}.volumes.${volume}`, 'volume', volume, Object.keys(service.volumes));
    if (sizes.replicas !== undefined) this.checkVolumes(path, { ...service, replicas: sizes.replicas });
    if (sizes.resources !== undefined) this.checkResources(`${path}.resources`, sizes.resources);
  }

  /** Bounds and defaults in their order, as far as they are written. */
  private checkContainers(path: string, containers: Plan['containers']): void {
    const order = ['min', 'defaultRequest', 'default', 'max'] as const;
    for (const key of ['cpu', 'memoryMiB', 'ephemeralMiB'] as const) {
      const written = order.flatMap((bound) => {
        const amount = containers[bound]?.[key];
        return amount === undefined ? [] : [{ bound, amount }];
      });
      for (const [i, { bound, amount }] of written.entries()) {
        const before = written[i - 1];
        if (before !== undefined && before.amount > amount)
          this.add(
            `${path}.${bound}.${key}`,
            `${amount} is below ${before.bound}, ${before.amount}`,
            `write at least ${before.amount}`,
          );
      }
    }
  }

  /** A service must not run where what it uses is not to be had, as far as a plan shows; the rest shows in a tenant's choice. */
  private checkFeatures(): void {
    for (const [plan, { features }] of Object.entries(this.product.plans)) {
      for (const [name, service] of Object.entries(this.product.services)) {
        const runs = service.feature === null ? 'included' : features[service.feature];
        const jobs = Object.values(this.product.jobs).filter((job) => job.service === name);
        const uses = [connectionsOf(service), ...jobs.map(connectionsOfJob)].flatMap((each) => each.uses);
        for (const { name: used, feature } of this.product.backing) {
          if (runs === undefined || feature === null || feature === service.feature || !uses.includes(used)) continue;
          const given = features[feature];
          if (given === 'included' || (given === 'optional' && runs === 'optional')) continue;
          const when = given === undefined ? 'is not to be had on this plan' : 'is off unless a tenant asks';
          this.add(
            `plans.${plan}.features`,
            `services.${name} uses ${used}, and its feature ${feature} ${when}`,
            `write ${feature}: 'included', or feature: '${feature}' in services.${name}`,
          );
        }
      }
    }
  }
}

// --- internal ---

/** What stands beside the fields of a product, and may be anything in plain JavaScript. */
function givenProblems(product: Product, file: string, prefix: string): Problem[] {
  const problems: Problem[] = [];
  const add = (path: string, found: string, fix: string) =>
    problems.push({ code: 'E_PRODUCT_FIELD', file, path: `${prefix}.${path}`, found, fix });
  const backing: unknown = product.backing;
  if (!Array.isArray(backing)) add('backing', `expected a list, got ${show(backing)}`, 'write [database, ...]');
  for (const [i, service] of (Array.isArray(backing) ? backing : []).entries()) {
    if (!isBackingService(service))
      add(`backing[${i}]`, `expected what postgresql() and the like return, got ${show(service)}`, 'name one here');
  }
  const settings: unknown = product.settings;
  if (settings === null) return problems;
  const isSchema = typeof settings === 'object' && '_zod' in settings && 'safeParse' in settings;
  if (!isSchema) add('settings', 'expected a schema of zod 4', 'write z.strictObject({ ... })');
  else if (isLoose(settings as unknown as z.ZodType))
    add('settings', 'this object lets unknown settings pass', 'write z.strictObject({ ... })');
  return problems;
}

function isBackingService(value: unknown): value is BackingService {
  if (typeof value !== 'object' || value === null) return false;
  const { name, options, schema, outputs, offer } = value as Readonly<Record<string, unknown>>;
  const isWhole = typeof name === 'string' && typeof options === 'object' && typeof offer === 'function';
  return isWhole && Array.isArray(outputs) && typeof schema === 'object' && schema !== null && 'safeParse' in schema;
}
