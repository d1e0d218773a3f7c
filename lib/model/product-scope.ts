import { type Code, type Problem, show, suggest } from './errors';
import { mayHave } from './explain';
import { expand, placeholders } from './names';
import type { BackingService } from './offer';
import type { ProductModel } from './parse-product';
import { type Reference, references, TENANT_FIELDS, type Value } from './values';

/** Whose value it is: that of a tenant, of a shared service, or of a row that is made for an element of the settings. */
export type Reader = 'tenant' | 'shared' | 'row';

/** What the checks of a product share: its names, where problems go, and the checks of single values. */
export class ProductScope {
  readonly problems: Problem[] = [];
  readonly services: readonly string[];
  readonly shared: readonly string[];
  readonly backing: readonly string[];
  readonly sharedBacking: readonly string[];
  readonly features: readonly string[];
  readonly limits: readonly string[];

  constructor(
    readonly product: ProductModel,
    readonly file: string,
    readonly prefix: string,
  ) {
    this.services = Object.keys(product.services);
    this.shared = Object.keys(product.shared?.services ?? {});
    this.backing = product.backing.map((b) => b.name);
    this.sharedBacking = product.sharedBacking.map((b) => b.name);
    this.features = Object.keys(product.features);
    this.limits = [...new Set(Object.values(product.plans).flatMap((plan) => Object.keys(plan.limits)))];
  }

  add(path: string, found: string, fix: string, code: Code = 'E_PRODUCT_FIELD'): void {
    this.problems.push({ code, file: this.file, path: `${this.prefix}.${path}`, found, fix });
  }

  known(path: string, kind: string, name: string, names: readonly string[]): void {
    if (names.includes(name)) return;
    const fix = names.length === 0 ? `declare a ${kind} of that name` : suggest(name, names);
    this.add(path, `unknown ${kind} ${show(name)}`, fix);
  }

  /** The template with its variables in place, or null where it has unknown ones. */
  template(
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

  /** Texts on a command line are seen by everybody who lists processes, and labels by everybody, so no secret may be among them. */
  checkValue(path: string, value: Value, reader: Reader, open: string | null = null): void {
    references(value, (reference) => {
      if (reader === 'shared') this.checkOfShared(path, reference);
      else this.checkOfTenant(path, reference, reader);
      if (reference.source === 'backing' && open !== null)
        this.add(path, `a backing service in ${open}`, `pass it by env; everybody who looks sees ${open}`);
    });
  }

  /** What a shared service may refer to: nothing of any one tenant. */
  private checkOfShared(path: string, { source, name, output }: Reference): void {
    if (source === 'service' || source === 'shared')
      this.known(path, source === 'service' ? 'service' : 'shared service', name, this.shared);
    else if (source === 'public') this.checkPublic(path, name);
    else if (source === 'backing') this.checkOutput(path, name, output, this.product.sharedBacking);
    else if (source !== 'endpoint')
      this.add(
        path,
        `a shared service refers to the ${source} ${show(name)}`,
        'it serves every tenant: let it learn of them by the projection',
      );
  }

  private checkOfTenant(path: string, { source, name, output }: Reference, reader: Reader): void {
    if (source === 'tenant') this.known(path, 'field of the tenant', name, TENANT_FIELDS);
    else if (source === 'service') this.known(path, 'service', name, this.services);
    else if (source === 'shared') this.known(path, 'shared service', name, this.shared);
    else if (source === 'public') this.checkPublic(path, name);
    else if (source === 'limit') this.known(path, 'limit', name, this.limits);
    else if (source === 'feature') this.known(path, 'feature', name, this.features);
    else if (source === 'setting') this.checkSetting(path, name, false);
    else if (source === 'backing') this.checkOutput(path, name, output, this.product.backing);
    else if (source === 'item' && reader !== 'row')
      this.add(path, `item(${show(name)}) outside of rows with "each"`, 'write setting(...), or each in the rows');
  }

  private checkPublic(path: string, name: string): void {
    this.known(path, 'shared service', name, this.shared);
    const routes = this.product.shared?.routes ?? [];
    if (!this.shared.includes(name) || routes.some(({ paths }) => Object.values(paths).includes(name))) return;
    this.add(path, `no shared route leads to ${show(name)}`, 'write one in shared.routes, or sharedUrl(...)');
  }

  private checkOutput(path: string, name: string, output: string, backing: readonly BackingService[]): void {
    this.known(
      path,
      'backing service',
      name,
      backing.map((b) => b.name),
    );
    const service = backing.find((b) => b.name === name);
    if (service !== undefined) this.known(path, `output of ${name}`, output, service.outputs);
  }

  /** Hosts and claims follow from each element of a list; a value is one text. */
  checkSetting(path: string, setting: string, isOfMany: boolean): void {
    const { settingsSchema } = this.product;
    if (settingsSchema !== null && mayHave(settingsSchema, setting.split('.'), isOfMany)) return;
    const fix = settingsSchema === null ? 'write settings: z.strictObject({ ... })' : 'write one that settings has';
    this.add(path, `unknown setting ${show(setting)}`, fix);
  }
}
