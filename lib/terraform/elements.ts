import { TerraformElement, TerraformProvider, TerraformResource } from 'cdktf';
import type { Construct } from 'constructs';
import { type Argument, args, type Expression, expression } from './expression';
import { PROVIDERS, type ProviderName } from './providers';

/**
 * What cdktf has no class for: ephemeral resources, ephemeral variables, and the resources of providers without prebuilt bindings.
 * Arguments have the names that the provider gives them.
 */

export type Arguments = Readonly<Record<string, Argument>>;

/** Something that must be there first. */
export type Prerequisite = Pick<TerraformElement, 'friendlyUniqueId'> & { readonly terraformResourceType?: string };

/** A provider, configured; `alias` is what it is the provider of. */
export class Provider extends TerraformProvider {
  readonly #arguments: Arguments;
  readonly #alias: string;

  constructor(
    scope: Construct,
    id: string,
    props: { readonly name: ProviderName; readonly alias: string; readonly arguments: Arguments },
  ) {
    const { source, version } = PROVIDERS[props.name];
    super(scope, id, {
      terraformResourceType: props.name,
      terraformProviderSource: source,
      terraformGeneratorMetadata: { providerName: props.name, providerVersionConstraint: version },
    });
    this.#alias = props.alias;
    this.#arguments = props.arguments;
  }

  // The class above has a setter that does nothing, and would lose it.
  override get alias(): string {
    return this.#alias;
  }
  override set alias(_: string) {}

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { ...args(this.#arguments), alias: this.#alias };
  }
}

export interface ResourceProps {
  readonly type: string;
  readonly provider: TerraformProvider;
  readonly arguments: Arguments;
  /** Refuse any plan that destroys it. */
  readonly preventDestroy?: boolean;
  readonly ignoreChanges?: readonly string[];
  readonly after?: readonly Prerequisite[];
}

/** A resource of any provider. */
export class Resource extends TerraformResource {
  readonly #arguments: Arguments;

  constructor(
    scope: Construct,
    id: string,
    { type, provider, arguments: given, preventDestroy, ignoreChanges, after }: ResourceProps,
  ) {
    super(scope, id, { terraformResourceType: type, provider });
    this.#arguments = given;
    keep(this, { preventDestroy, ignoreChanges, after });
  }

  /** One of its attributes. */
  attribute(name: string): Expression {
    return expression(`${address(this)}.${name}`);
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return args(this.#arguments);
  }
}

/** Lifecycle and order of a resource, also of a prebuilt class; written as addresses, which cost no resolving. */
export function keep(
  resource: TerraformResource,
  { preventDestroy, ignoreChanges, after = [] }: Pick<ResourceProps, 'preventDestroy' | 'ignoreChanges' | 'after'>,
): void {
  if (preventDestroy === true) resource.addOverride('lifecycle.prevent_destroy', true);
  if (ignoreChanges !== undefined) resource.addOverride('lifecycle.ignore_changes', ignoreChanges);
  if (after.length > 0) resource.addOverride('depends_on', after.map(address));
}

/** As in `postgresql_role.owner`. */
export function address(element: Prerequisite): string {
  return `${element.terraformResourceType}.${element.friendlyUniqueId}`;
}

export interface EphemeralProps {
  readonly type: string;
  readonly arguments: Arguments;
  readonly provider?: TerraformProvider;
}

/** A value that is there while Terraform runs, and in no state and plan. */
export class Ephemeral extends TerraformElement {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: EphemeralProps,
  ) {
    super(scope, id, `ephemeral.${props.type}`);
  }

  attribute(name: string): Expression {
    return expression(`ephemeral.${this.props.type}.${this.friendlyUniqueId}.${name}`);
  }

  override toTerraform(): Record<string, unknown> {
    const { type, provider } = this.props;
    const by = provider === undefined ? {} : { provider: provider.fqn };
    return { ephemeral: { [type]: { [this.friendlyUniqueId]: { ...args(this.props.arguments), ...by } } } };
  }
}

/** A secret that CI gives: ephemeral, and so in no state and plan. */
export class SecretVariable extends TerraformElement {
  constructor(
    scope: Construct,
    private readonly variable: string,
    private readonly description: string,
    private readonly leastLength = 1,
  ) {
    super(scope, variable, 'var');
  }

  get value(): Expression {
    return expression(`var.${this.variable}`);
  }

  override toTerraform(): Record<string, unknown> {
    const { variable, description, leastLength } = this;
    // CI systems give an empty text where a secret of theirs is missing.
    const validation = {
      condition: expression(`length(var.${variable}) >= ${leastLength}`),
      error_message: `Give TF_VAR_${variable}, of at least ${leastLength} characters.`,
    };
    const block = { type: 'string', description, sensitive: true, ephemeral: true, validation: [validation] };
    return { variable: { [variable]: args(block) } };
  }
}

/** Something that is made or left out, as a plan is told. */
export class Switch extends TerraformElement {
  constructor(
    scope: Construct,
    private readonly variable: string,
    private readonly description: string,
    private readonly on: boolean,
  ) {
    super(scope, `switch-${variable}`, 'var');
  }

  /** For the argument `count`. */
  get count(): Expression {
    return expression(`var.${this.variable} ? 1 : 0`);
  }

  override toTerraform(): Record<string, unknown> {
    const block = { type: 'bool', description: this.description, default: this.on };
    return { variable: { [this.variable]: args(block) } };
  }
}
