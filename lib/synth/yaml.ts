import type { JsonObject, JsonValue } from '../model/json';
import { leaf, quotable } from './yaml-scalar';

export type { JsonObject, JsonValue };

type Path = (string | number)[];

/** How a reader expects a Kubernetes object to begin; its other members follow sorted. */
const FIRST = ['apiVersion', 'kind', 'metadata'];

/** Indents by depth. Nothing real comes near the last one; an object that contains itself does. */
const PADS = Array.from({ length: 200 }, (_, depth) => '  '.repeat(depth));

/** A simple key ends at 1,024 characters in YAML; a longer one takes the `? key` form. */
const LONGEST_KEY = 1000;

/**
 * Writes objects as one multi-document YAML text that parsers of YAML 1.1 and 1.2 read alike.
 *
 * The same objects give the same bytes: maps are sorted by code unit, a top level after `apiVersion`, `kind` and
 * `metadata`. No anchors, no comments, no folded lines.
 *
 * @throws a TypeError naming the path of what JSON cannot say: `undefined` in a list, NaN, a Date, a lone surrogate
 */
export function toManifest(objects: readonly JsonObject[]): string {
  const path: Path = [];
  try {
    let out = '';
    for (const [index, object] of objects.entries()) {
      path[0] = index;
      assertPlain(object);
      if (index > 0) out += '---\n';
      out += members(object, topKeys(object), 0, '', path) || '{}\n';
    }
    return out;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const at = path.slice(0, 40).map((step) => `[${JSON.stringify(step)}]`);
    throw new TypeError(`objects${at.join('')} ${error.message}`, { cause: error });
  }
}

/** A map's or list's lines; nothing when it is empty. `lead` is the first line's indent: none behind a dash. */
function block(value: object, depth: number, lead: string | undefined, path: Path): string {
  const pad = PADS[depth];
  if (pad === undefined) throw new TypeError('is nested too deep, or contains itself');
  if (Array.isArray(value)) return items(value, depth, lead ?? pad, path);
  assertPlain(value);
  return members(value, sortedKeys(value), depth, lead ?? pad, path);
}

function members(map: JsonObject, keys: readonly string[], depth: number, lead: string, path: Path): string {
  const pad = PADS[depth] as string;
  const at = path.length;
  let indent = lead;
  let out = '';
  for (const key of keys) {
    const value = map[key];
    if (value === undefined) continue;
    path[at] = key;
    const name = quotable(key);
    out += name.length > LONGEST_KEY ? `${indent}? ${name}\n${pad}:` : `${indent}${name}:`;
    indent = pad;
    if (typeof value !== 'object' || value === null) {
      out += ` ${leaf(value, pad)}\n`;
    } else {
      const body = block(value, depth + 1, undefined, path);
      out += body === '' ? empty(value) : `\n${body}`;
    }
  }
  path.length = at;
  return out;
}

function items(list: readonly JsonValue[], depth: number, lead: string, path: Path): string {
  const pad = PADS[depth] as string;
  const at = path.length;
  let indent = lead;
  let out = '';
  for (let index = 0; index < list.length; index++) {
    const value = list[index];
    path[at] = index;
    if (typeof value !== 'object' || value === null) {
      out += `${indent}- ${leaf(value, pad)}\n`;
    } else {
      const body = block(value, depth + 1, '', path);
      out += body === '' ? `${indent}-${empty(value)}` : `${indent}- ${body}`;
    }
    indent = pad;
  }
  path.length = at;
  return out;
}

function empty(value: object): string {
  return Array.isArray(value) ? ' []\n' : ' {}\n';
}

/** By code unit, so that no locale has a say. Most maps come sorted already: looking is cheaper than sorting. */
function sortedKeys(map: object): string[] {
  const keys = Object.keys(map);
  for (let index = 1; index < keys.length; index++) {
    if ((keys[index - 1] as string) > (keys[index] as string)) return keys.sort();
  }
  return keys;
}

function topKeys(map: JsonObject): string[] {
  return [...FIRST.filter((key) => Object.hasOwn(map, key)), ...sortedKeys(map).filter((key) => !FIRST.includes(key))];
}

/** Refuses a Date, a Map, an instance of a class: all that would lose something on the way through JSON. */
function assertPlain(value: unknown): asserts value is JsonObject {
  const prototype = typeof value === 'object' && value !== null ? Object.getPrototypeOf(value) : value;
  // Not compared with Object.prototype: objects from another realm (a worker, a test sandbox) are plain as well.
  if (prototype === null || (typeof prototype === 'object' && Object.getPrototypeOf(prototype) === null)) return;
  throw new TypeError(`is not a plain object: ${Object.prototype.toString.call(value)}`);
}
