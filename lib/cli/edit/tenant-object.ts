import { parse } from '@babel/parser';
import type { Comment, Expression, File, Node, ObjectExpression, Statement } from '@babel/types';

/** The object that a tenant file passes to `defineTenant`, with where each part of it stands. */

export interface TenantObject {
  readonly object: ObjectExpression;
  readonly comments: readonly Comment[];
  /** The quotes that most of the file's texts have. */
  readonly quote: "'" | '"';
}

/** Thrown where a file is written in a way that only a person can edit. */
export class UneditableError extends Error {}

/** Finds it; throws an UneditableError where it is made elsewhere. */
export function tenantObject(text: string): TenantObject {
  const file = parsed(text);
  const statements = file.program.body;
  const exported = statements.find((statement) => statement.type === 'ExportDefaultDeclaration')?.declaration;
  const call = exported === undefined ? undefined : definition(exported, statements);
  if (call?.type !== 'CallExpression' || call.arguments.length !== 1) {
    throw new UneditableError('the default export is not written as defineTenant({ ... })');
  }
  const [argument] = call.arguments;
  const object = argument === undefined ? undefined : definition(argument, statements);
  if (object?.type !== 'ObjectExpression') {
    throw new UneditableError('what is passed to defineTenant is not written as an object in this file');
  }
  return { object, comments: file.comments ?? [], quote: quoteOf(file, text) };
}

/** An expression without what only types see: `as const`, `satisfies`, `!`. */
export function bare(node: Node): Node {
  switch (node.type) {
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
    case 'TSTypeAssertion':
    case 'ParenthesizedExpression':
      return bare(node.expression);
    default:
      return node;
  }
}

/** Where a node of a parsed text begins and ends. */
export function span({ start, end }: Pick<Node, 'start' | 'end'>): readonly [start: number, end: number] {
  if (start == null || end == null) throw new Error('expected a node of a text');
  return [start, end];
}

// --- internal ---

function parsed(text: string): File {
  try {
    return parse(text, { sourceType: 'module', plugins: ['typescript'], tokens: true });
  } catch (error) {
    throw new UneditableError(`the file cannot be read: ${(error as Error).message}`);
  }
}

/** What a name stands for, where it is a constant at the top of the same file. */
function definition(node: Node, statements: readonly Statement[]): Node {
  const expression = bare(node);
  if (expression.type !== 'Identifier') return expression;
  for (const statement of statements) {
    if (statement.type !== 'VariableDeclaration' || statement.kind !== 'const') continue;
    for (const { id, init } of statement.declarations) {
      if (id.type === 'Identifier' && id.name === expression.name && init != null) return bare(init as Expression);
    }
  }
  return expression;
}

function quoteOf({ tokens }: File, text: string): "'" | '"' {
  const all = (tokens ?? []) as readonly { readonly type: { readonly label?: string }; readonly start: number }[];
  const texts = all.filter(({ type }) => type.label === 'string');
  const double = texts.filter(({ start }) => text[start] === '"').length;
  return double * 2 > texts.length ? '"' : "'";
}
