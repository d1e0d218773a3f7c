import { TerraformElement, type TerraformStack } from 'cdktf';
import { RootConstruct } from 'constructs';
import { PROVIDERS, type ProviderName } from './providers';

/**
 * A stack as Terraform's JSON. cdktf's own way resolves each element several times and captures a stack trace every time; elements of
 * this room hold no tokens, so that merging them is all there is to do (`npm run bench` measures both).
 */

/** A root without an app, which would make folders on the disk. */
export function stackRoot(): RootConstruct {
  return new RootConstruct();
}

/** The text of `cdk.tf.json`. */
export function stackText(stack: TerraformStack): string {
  const merged: Tree = {};
  const elements = stack.node.findAll().filter((node) => TerraformElement.isTerraformElement(node));
  for (const element of elements as TerraformElement[]) merge(merged, element.toTerraform() as Tree);
  merge(merged, (stack as unknown as { readonly rawOverrides: Tree }).rawOverrides);
  // What cdktf's CLI reads of a stack.
  const comment = { metadata: { stackName: stack.node.id } };
  const text = `${JSON.stringify({ '//': comment, ...tidied(merged) }, null, 2)}\n`;
  if (text.includes('${TfToken['))
    throw new Error(`${stack.node.id}: a token of cdktf is left - write the address instead`);
  return text;
}

// --- internal ---

type Tree = { [name: string]: unknown };

function merge(into: Tree, from: Tree): void {
  for (const [name, value] of Object.entries(from)) {
    if (value === undefined || name === '//') continue;
    const before = into[name];
    if (Array.isArray(before) && Array.isArray(value)) into[name] = [...before, ...value];
    else if (isTree(before) && isTree(value)) merge(before, value);
    else into[name] = isTree(value) ? copied(value) : value;
  }
}

function copied(tree: Tree): Tree {
  const copy: Tree = {};
  merge(copy, tree);
  return copy;
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Sorted where order says nothing, with the sources written out. */
function tidied(merged: Tree): Tree {
  const terraform = (merged.terraform ?? {}) as Tree;
  const required = (terraform.required_providers ?? {}) as Tree;
  const providers = Object.keys(required).map((name) => [name, PROVIDERS[name as ProviderName] ?? required[name]]);
  return sorted({ ...merged, terraform: { ...terraform, required_providers: Object.fromEntries(providers) } }, 2);
}

function sorted(tree: Tree, depth: number): Tree {
  const names = Object.keys(tree).sort();
  const below = (value: unknown) => (depth > 0 && isTree(value) ? sorted(value, depth - 1) : value);
  return Object.fromEntries(names.map((name) => [name, below(tree[name])]));
}
