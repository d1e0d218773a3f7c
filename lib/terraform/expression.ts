/**
 * What Terraform reads as text and what it evaluates. Every string that is not an {@link Expression} is data, wherever it came from:
 * `${file("/etc/passwd")}` in a tenant file stays these characters.
 */

/** Something that Terraform evaluates, without the `${}` around it. */
export class Expression {
  constructor(readonly code: string) {}
}

/** As in `expression('var.password')`. */
export function expression(code: string): Expression {
  return new Expression(code);
}

/** A string as Terraform's JSON syntax takes it literally. */
export function literal(text: string): string {
  // A function, since `$$` in a replacement would be one `$`.
  return text.replace(/[$%](?=\{)/g, (mark) => mark + mark);
}

/** A string inside of an expression, as HCL quotes it. */
export function quoted(text: string): string {
  const escaped = literal(text).replace(/[\u0000-\u001f"\\\u007f\u0085\u2028\u2029]/g, (character) => {
    if (character === '"' || character === '\\') return `\\${character}`;
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return `"${escaped}"`;
}

/** A value of an argument: data, expressions and structures of both. */
export type Argument =
  | string
  | number
  | boolean
  | null
  | undefined
  | Expression
  | readonly Argument[]
  | { readonly [name: string]: Argument };

/** As Terraform's JSON syntax has it; what is undefined is left out. */
export function argument(value: Argument): unknown {
  if (typeof value === 'string') return literal(value);
  if (value instanceof Expression) return `\${${value.code}}`;
  if (Array.isArray(value)) return value.map((item: Argument) => argument(item));
  if (typeof value !== 'object' || value === null) return value;
  return args(value as Readonly<Record<string, Argument>>);
}

/** Arguments of a block, by their names there. */
export function args(values: Readonly<Record<string, Argument>>): Record<string, unknown> {
  const written = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(written.map(([name, value]) => [literal(name), argument(value)]));
}

/** A string that a prebuilt binding takes: data, or the text of an expression. */
export function text(value: string | Expression): string {
  return argument(value) as string;
}
