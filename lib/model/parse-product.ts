import type { z } from 'zod';
import { identityProblem, roleProblem } from './access';
import { type Code, oneOf, type Problem, suggest } from './errors';
import { parseWith } from './explain';
import { expand, placeholders } from './names';
import type { BackingService } from './offer';
import { type Product, type ProductData, productSchema } from './product';
import { pathPrefixProblem } from './routing';
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
  const prefix = `products.${String(product.name)}`;
  const { data, problems } = parseWith(productSchema, product.input, { code: 'E_PRODUCT_FIELD', file, prefix });
  if (data === null) return { product: null, problems };
  const model: ProductModel = { ...data, backing: product.backing, settingsSchema: product.settings };
  const found = new ProductCheck(model, file, prefix).run();
  return { product: found.length === 0 ? model : null, problems: found };
}

/** Workloads, accounts and policies that every namespace has. */
const RESERVED_WORKLOADS = ['acme-solver', 'backup', 'default', 'default-deny', 'dns', 'secret-reader', 'secret-store'];

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
    if (this.product.name === 'platform')
      this.add(
        'name',
        '"platform" is what the platform itself is called in labels and secret paths',
        'name the product otherwise',
      );
    this.checkBacking();
    this.checkTemplates();
    for (const [name, service] of Object.entries(this.product.services))
      this.checkService(`services.${name}`, service, false);
    for (const [name, service] of Object.entries(this.product.shared?.services ?? {}))
      this.checkService(`shared.services.${name}`, service, true);
    this.checkRoutes('routes', this.product.routes, this.product.services);
    if (this.product.shared)
      this.checkRoutes('shared.routes', this.product.shared.routes, this.product.shared.services);
    this.checkJobs();
    this.checkAccess();
    this.checkPlans();
    for (const [key, value] of Object.entries(this.product.labels)) this.checkValue(`labels.${key}`, value, false);
    for (const [key, value] of Object.entries(this.product.annotations))
      this.checkValue(`annotations.${key}`, value, false);
    return this.problems;
  }

  private add(path: string, found: string, fix: string, code: Code = 'E_PRODUCT_FIELD'): void {
    this.problems.push({ code, file: this.file, path: `${this.prefix}.${path}`, found, fix });
  }

  private known(path: string, kind: string, name: string, names: readonly string[]): void {
    if (names.includes(name)) return;
    const fix = names.length === 0 ? `declare a ${kind} of that name` : suggest(name, names);
    this.add(path, `unknown ${kind} ${JSON.stringify(name)}`, fix);
  }

  private checkBacking(): void {
    const seen = new Set<string>();
    for (const { name, feature } of this.product.backing) {
      if (seen.has(name)) this.add(`backing.${name}`, 'two backing services of one name', 'rename one of them');
      seen.add(name);
      if (feature !== null) this.known(`backing.${name}.feature`, 'feature', feature, this.features);
    }
  }

  private checkTemplates(): void {
    const { names } = this.product;
    this.template('names.namespace', names.namespace, ['id', 'product', 'environment'], 'id');
    this.template('names.secretPath', names.secretPath, ['id', 'product', 'environment', 'name'], 'id', 'name');
    for (const [i, route] of this.product.routes.entries()) {
      for (const [j, host] of route.hosts.entries()) {
        const many = placeholders(host).filter((p) => p === 'domain' || p.startsWith('settings.'));
        if (many.length > 1) this.add(`routes[${i}].hosts[${j}]`, `${oneOf(many)} in one host`, 'use one of them');
        this.template(`routes[${i}].hosts[${j}]`, host, ['id', 'apex', ...many]);
        if (many.length === 0 && !placeholders(host).includes('id')) {
          this.add(
            `routes[${i}].hosts[${j}]`,
            `${JSON.stringify(host)} is the same host for every tenant`,
            'write {id} in it, or serve it as a shared route',
          );
        }
      }
    }
  }

  private template(path: string, template: string, known: readonly string[], ...required: readonly string[]): void {
    try {
      expand(template, Object.fromEntries(known.map((name) => [name, 'x'])));
    } catch (error) {
      const [found, fix] = (error as Error).message.split(' - ');
      this.add(path, found ?? 'a wrong template', fix ?? 'write known placeholders');
    }
    for (const name of required) {
      if (!placeholders(template).includes(name))
        this.add(
          path,
          `${JSON.stringify(template)} lacks {${name}}`,
          `write {${name}} in it, so that no two tenants share it`,
        );
    }
  }

  private checkService(path: string, service: ProductData['services'][string], isShared: boolean): void {
    const siblings = isShared ? this.shared : this.services;
    for (const [key, value] of Object.entries({ ...service.env, ...service.files }))
      this.checkValue(`${path}.env.${key}`, value, isShared);
    for (const value of [...service.command, ...service.args])
      this.checkValue(`${path}.command`, value, isShared, true);
    for (const name of service.calls) this.known(`${path}.calls`, 'service', name, siblings);
    for (const name of service.callsShared) this.known(`${path}.callsShared`, 'shared service', name, this.shared);
    for (const name of service.uses) this.known(`${path}.uses`, 'backing service', name, isShared ? [] : this.backing);
    if (service.feature !== null) this.known(`${path}.feature`, 'feature', service.feature, this.features);
    if (service.identity !== null)
      this.known(`${path}.identity`, 'identity', service.identity, Object.keys(this.product.identities));
    if (Object.keys(service.volumes).length > 0 && service.replicas.max > 1) {
      this.add(
        `${path}.replicas.max`,
        `${service.replicas.max} replicas share a volume that one node mounts`,
        'write 1, or keep the data in a backing service',
      );
    }
    const { requests, limits } = service.resources;
    if (limits.cpu < requests.cpu)
      this.add(
        `${path}.resources.limits.cpu`,
        `${limits.cpu} is below the request of ${requests.cpu}`,
        `write at least ${requests.cpu}`,
      );
    if (limits.memoryMiB < requests.memoryMiB) {
      this.add(
        `${path}.resources.limits.memoryMiB`,
        `${limits.memoryMiB} is below the request of ${requests.memoryMiB}`,
        `write at least ${requests.memoryMiB}`,
      );
    }
    const paths = [
      ...Object.keys(service.files),
      ...Object.values(service.volumes).map((v) => v.path),
      ...service.scratch,
    ];
    const twice = paths.find((p, i) => paths.indexOf(p) !== i);
    if (twice !== undefined)
      this.add(path, `two things are mounted at ${JSON.stringify(twice)}`, 'give each its own path');
  }

  /** Texts on a command line are seen by everybody who lists processes, so no secret may be among them. */
  private checkValue(path: string, value: Value, isShared: boolean, isCommand = false): void {
    references(value, ({ source, name, output }) => {
      if (isShared && source !== 'service' && source !== 'shared') {
        this.add(
          path,
          `a shared service refers to the ${source} ${JSON.stringify(name)}`,
          'it serves every tenant: let it learn of them by the projection',
        );
      } else if (source === 'tenant') this.known(path, 'field of the tenant', name, TENANT_FIELDS);
      else if (source === 'service') this.known(path, 'service', name, isShared ? this.shared : this.services);
      else if (source === 'shared') this.known(path, 'shared service', name, this.shared);
      else if (source === 'limit') this.known(path, 'limit', name, this.limits);
      else if (source === 'feature') this.known(path, 'feature', name, this.features);
      else if (source === 'backing') {
        this.known(path, 'backing service', name, this.backing);
        const service = this.product.backing.find((b) => b.name === name);
        if (service !== undefined) this.known(path, `output of ${name}`, output, service.outputs);
      }
      if (isCommand && source === 'backing')
        this.add(
          path,
          `a backing service on a command line`,
          'pass it by env; a command line is seen by everybody who lists processes',
        );
    });
  }

  private checkRoutes(path: string, routes: ProductData['routes'], services: ProductData['services']): void {
    for (const [i, route] of routes.entries()) {
      for (const [prefix, name] of Object.entries(route.paths)) {
        this.known(`${path}[${i}].paths["${prefix}"]`, 'service', name, Object.keys(services));
        const problem = pathPrefixProblem(prefix);
        if (problem !== null) this.add(`${path}[${i}].paths`, problem, 'write a prefix such as /api');
        if (services[name] !== undefined && services[name].port === null) {
          this.add(
            `${path}[${i}].paths["${prefix}"]`,
            `the service ${JSON.stringify(name)} has no port`,
            `write port: ... in services.${name}`,
          );
        }
      }
    }
  }

  private checkJobs(): void {
    for (const [name, job] of Object.entries(this.product.jobs)) {
      if (this.services.includes(name))
        this.add(`jobs.${name}`, 'a job with the name of a service', 'rename one of them');
      this.known(`jobs.${name}.service`, 'service', job.service, this.services);
      for (const [key, value] of Object.entries(job.env)) this.checkValue(`jobs.${name}.env.${key}`, value, false);
      for (const value of job.command) this.checkValue(`jobs.${name}.command`, value, false, true);
    }
    for (const reserved of RESERVED_WORKLOADS) {
      if (this.services.includes(reserved) || Object.hasOwn(this.product.jobs, reserved))
        this.add(`services.${reserved}`, 'a name that every tenant has already', 'rename it');
    }
    for (const backing of this.backing) {
      if (this.services.includes(backing) || Object.hasOwn(this.product.jobs, backing))
        this.add(`backing.${backing}`, 'a backing service with the name of a service or job', 'rename one of them');
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
    for (const [name, identity] of Object.entries(this.product.identities)) {
      for (const [i, rule] of identity.rules.entries()) {
        const problem = identityProblem(rule, identity.reason);
        if (problem !== null)
          this.add(`identities.${name}.rules[${i}]`, problem, 'narrow it, or say in reason why the product needs it');
      }
    }
  }

  private checkPlans(): void {
    for (const [name, plan] of Object.entries(this.product.plans)) {
      const path = `plans.${name}`;
      for (const service of Object.keys(plan.services))
        this.known(`${path}.services.${service}`, 'service', service, this.services);
      for (const [service, sizes] of Object.entries(plan.services)) {
        const volumes = Object.keys(this.product.services[service]?.volumes ?? {});
        for (const volume of Object.keys(sizes.volumes ?? {}))
          this.known(`${path}.services.${service}.volumes.${volume}`, 'volume', volume, volumes);
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
        if (!(limit in plan.limits))
          this.add(
            `${path}.limits.${limit}`,
            'other plans have this limit and this one does not',
            'write a number or "unlimited"',
          );
      }
    }
  }
}
