import type { ObjectExpression, ObjectProperty } from '@babel/types';
import { type Insertion, inserted } from './insert';
import { bare, span, tenantObject, UneditableError } from './tenant-object';

/** One value of a tenant file, written where it stands or added where it would; all else stays as it was, to the byte. */

export type Scalar = string | number;

/**
 * The text with a value set. Throws an UneditableError where a part of the path is computed, spread or made elsewhere.
 * @param path keys from the tenant's object down
 */
export function withValue(text: string, path: readonly string[], value: Scalar): string {
  const { object, comments, quote } = tenantObject(text);
  let at = object;
  for (const [depth, key] of path.entries()) {
    const where = path.slice(0, depth + 1).join('.');
    const property = propertyOf(at, key, where);
    if (property === null) {
      const insertion: Insertion = { object: at, key, rest: path.slice(depth + 1), value };
      return inserted(text, insertion, { comments, quote });
    }
    const found = bare(property.value);
    if (depth === path.length - 1) return replaced(text, property, value, where);
    if (found.type !== 'ObjectExpression') throw new UneditableError(`${where} is not written as an object`);
    at = found;
  }
  throw new Error('expected a path');
}

// --- internal ---

/** The property of that name; null where there is none and one can be added. */
function propertyOf({ properties }: ObjectExpression, key: string, where: string): ObjectProperty | null {
  let found: ObjectProperty | null = null;
  let isOpaque = false;
  for (const property of properties) {
    if (property.type === 'SpreadElement' || property.computed) {
      // What comes later wins, so that it may change what was found.
      found = null;
      isOpaque = true;
      continue;
    }
    const name = nameOf(property.key);
    if (name !== key) continue;
    if (property.type === 'ObjectMethod') throw new UneditableError(`${where} is a method`);
    found = property;
    isOpaque = false;
  }
  if (isOpaque) throw new UneditableError(`${where} may come from what is spread or computed beside it`);
  return found;
}

function nameOf(key: ObjectProperty['key']): string | undefined {
  if (key.type === 'Identifier') return key.name;
  return key.type === 'StringLiteral' ? key.value : undefined;
}

/** Another literal in a literal's place, in its own quotes. */
function replaced(text: string, property: ObjectProperty, value: Scalar, where: string): string {
  const literal = bare(property.value);
  const isText =
    literal.type === 'StringLiteral' || (literal.type === 'TemplateLiteral' && literal.quasis.length === 1);
  if (!isText && literal.type !== 'NumericLiteral' && literal.type !== 'NullLiteral') {
    throw new UneditableError(`${where} is not written as a value`);
  }
  const [start, end] = span(literal);
  const quote = isText ? (text[start] as string) : "'";
  const written = typeof value === 'number' ? String(value) : `${quote}${value}${quote}`;
  return text.slice(0, start) + written + text.slice(end);
}
