import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { BenchTenant } from './registry';

/**
 * What peers make: the very objects that were rendered. One tenant of each group serves as the template of all others,
 * which differ from it in their id (and in what is hashed from it, which costs a peer nothing).
 */

/** Travels to the peers' programs as JSON. */
export interface Templates {
  /** By group, the JSON of {@link TemplateFile}s, where {@link ID} stands for a tenant's id. */
  readonly groups: Readonly<Record<string, string>>;
  readonly tenants: readonly { readonly id: string; readonly group: string }[];
}

export interface TemplateFile {
  /** Below `dist/`. */
  readonly path: string;
  /** Objects of a manifest; a file of another kind counts as one. */
  readonly objects: readonly TemplateObject[];
}

export interface TemplateObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

const ID = '@id@';

/** Makes templates of what lies in `dist/`; `paths` are all of its files. */
export function readTemplates(root: string, paths: Iterable<string>, tenants: readonly BenchTenant[]): Templates {
  const models = new Map<string, BenchTenant>();
  for (const tenant of tenants) if (!models.has(tenant.group)) models.set(tenant.group, tenant);
  const all = [...paths];
  const groups = Array.from(models, ([group, { id }]) => {
    const files = all.filter((path) => path.includes(id)).map((path) => ({ path, objects: objectsOf(root, path) }));
    return [group, JSON.stringify(files).replaceAll(id, ID).replaceAll(folded(id), folded(ID))];
  });
  return { groups: Object.fromEntries(groups), tenants: tenants.map(({ id, group }) => ({ id, group })) };
}

/** Files of one tenant, made anew. */
export function filesOf({ groups }: Templates, { id, group }: Templates['tenants'][number]): TemplateFile[] {
  const text = groups[group];
  if (text === undefined) throw new Error(`there is no template of ${group}`);
  return JSON.parse(text.replaceAll(ID, id).replaceAll(folded(ID), folded(id)));
}

/** Only what goes to Kubernetes. */
export function manifestsOf(files: readonly TemplateFile[]): TemplateObject[] {
  return files.filter(({ path }) => path.endsWith('.yaml')).flatMap(({ objects }) => objects);
}

/** Databases are called so. */
function folded(id: string): string {
  return id.replaceAll('-', '_').replaceAll('@', '%');
}

function objectsOf(root: string, path: string): TemplateObject[] {
  const text = readFileSync(join(root, 'dist', path), 'utf8');
  return path.endsWith('.yaml') ? parseAllDocuments(text).map((document) => document.toJS()) : [JSON.parse(text)];
}
