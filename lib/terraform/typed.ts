import { TerraformElement, type TerraformProvider } from 'cdktf';
import type { Construct } from 'constructs';
import { type Arguments, Resource, type ResourceProps } from './elements';
import { args, type Expression, expression } from './expression';

/**
 * Resources and data sources of providers that have no prebuilt binding, with arguments that the compiler knows.
 * `test/terraform/schemas.test.ts` holds what is written against what the providers publish.
 */

/** Text that is data, or what Terraform evaluates. */
export type Text = string | Expression;

export interface TypedProps<A> extends Omit<ResourceProps, 'type' | 'arguments'> {
  readonly arguments: A;
}

/** What a data source is looked up by. */
export interface DataProps<A> {
  readonly provider: TerraformProvider;
  readonly arguments: A;
}

/** Something that is there already, looked up at each plan. */
export interface Data<A> extends TerraformElement {
  readonly props: DataProps<A>;
  attribute(name: string): Expression;
}

/** A class of resources of one type: `class MysqlUser extends resourceOf<{ user: Text }>('mysql_user') {}`. */
export function resourceOf<A extends object>(
  type: string,
): new (
  scope: Construct,
  id: string,
  props: TypedProps<A>,
) => Resource {
  return class extends Resource {
    constructor(scope: Construct, id: string, { arguments: given, ...props }: TypedProps<A>) {
      super(scope, id, { ...props, type, arguments: given as Arguments });
    }
  };
}

/** A class of data sources of one type. */
export function dataOf<A extends object>(
  type: string,
): new (
  scope: Construct,
  id: string,
  props: DataProps<A>,
) => Data<A> {
  return class extends TerraformElement {
    readonly props: DataProps<A>;

    constructor(scope: Construct, id: string, props: DataProps<A>) {
      super(scope, id, `data.${type}`);
      this.props = props;
    }

    attribute(name: string): Expression {
      return expression(`data.${type}.${this.friendlyUniqueId}.${name}`);
    }

    override toTerraform(): Record<string, unknown> {
      const { provider, arguments: given } = this.props;
      const block = { ...args(given as Arguments), provider: provider.fqn };
      return { data: { [type]: { [this.friendlyUniqueId]: block } } };
    }
  };
}
