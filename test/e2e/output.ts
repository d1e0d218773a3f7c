import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from './objects';

/** An object of the output, with the text it stands in: that text is what the API server is given to parse. */
export interface Item {
  /** Relative to `dist`. */
  readonly file: string;
  readonly text: string;
  readonly object: KubeObject;
}

/** A folder below `dist/kubernetes/<cluster>/`: a tenant, or `_platform`. */
export interface Part {
  readonly name: string;
  readonly items: readonly Item[];
}

export interface ClusterOutput {
  readonly name: string;
  readonly platform: readonly Item[];
  readonly tenants: readonly Part[];
  readonly argocd: readonly Item[];
}

/** What Argo CD applies first within a wave, as far as our output needs it; other kinds follow. */
const KIND_ORDER = [
  'Namespace',
  'PriorityClass',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'ResourceQuota',
  'LimitRange',
  'NetworkPolicy',
  'ServiceAccount',
  'Secret',
  'SecretStore',
  'ExternalSecret',
  'ConfigMap',
  'PersistentVolumeClaim',
  'ClusterRole',
  'ClusterRoleBinding',
  'Role',
  'RoleBinding',
  'AppProject',
  'Service',
] as const;

const WAVE = 'argocd.argoproj.io/sync-wave';

/** Reads the Kubernetes side of a `dist` folder, a cluster at a time. */
export function readOutput(dist: string): ClusterOutput[] {
  const root = join(dist, 'kubernetes');
  if (!existsSync(root)) throw new Error(`${root}: there is no such folder; run \`npm run synth\``);
  return folders(root).map((name) => {
    const read = (part: string) => ({ name: part, items: readItems(dist, join('kubernetes', name, part)) });
    const parts = folders(join(root, name)).map(read);
    return {
      name,
      platform: parts.find((part) => part.name === '_platform')?.items ?? [],
      tenants: parts.filter((part) => part.name !== '_platform'),
      argocd: readItems(dist, join('argocd', name)),
    };
  });
}

/** All objects of a cluster. */
export function everything({ platform, tenants, argocd }: ClusterOutput): Item[] {
  return [...platform, ...tenants.flatMap((tenant) => tenant.items), ...argocd];
}

/** Ids of the tenants whose index file in `dist/index` says that they are in this state. */
export function tenantsIn(dist: string, state: string): string[] {
  const index = join(dist, 'index');
  const files = existsSync(index) ? readdirSync(index).filter((file) => file.endsWith('.json')) : [];
  const inState = (file: string) =>
    (JSON.parse(readFileSync(join(index, file), 'utf8')) as { state?: string }).state === state;
  return files.filter(inState).map((file) => file.slice(0, -'.json'.length));
}

/** Groups of items in the order of their sync waves and kinds; within a group the order does not matter. */
export function inOrder(items: readonly Item[]): Item[][] {
  const groups = new Map<number, Item[]>();
  for (const item of items) {
    const rank = wave(item.object) * 100 + kindRank(item.object.kind);
    groups.set(rank, [...(groups.get(rank) ?? []), item]);
  }
  return [...groups].sort(([a], [b]) => a - b).map(([, group]) => group);
}

/** All objects of one kind. */
export function ofKind<T extends KubeObject>(items: readonly Item[], kind: string): T[] {
  return items.filter((item) => item.object.kind === kind).map((item) => item.object as T);
}

/** Splits a stream of YAML documents; each keeps its own text. */
export function parseItems(file: string, text: string): Item[] {
  const documents = parseAllDocuments(text);
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document) => {
    const [error] = document.errors;
    if (error) throw new Error(`${file}: ${error.message}`);
    const object = document.toJS() as KubeObject | null;
    return object === null ? [] : [{ file, text: text.slice(document.range[0], document.range[1]), object }];
  });
}

function readItems(dist: string, folder: string): Item[] {
  if (!existsSync(join(dist, folder))) return [];
  const entries = readdirSync(join(dist, folder), { recursive: true, encoding: 'utf8' }).sort();
  const files = entries.filter((file) => /\.ya?ml$/.test(file)).map((file) => join(folder, file));
  return files.flatMap((file) => parseItems(file, readFileSync(join(dist, file), 'utf8')));
}

function folders(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

function wave(object: KubeObject): number {
  return Number(object.metadata.annotations?.[WAVE] ?? 0);
}

function kindRank(kind: string): number {
  const index = (KIND_ORDER as readonly string[]).indexOf(kind);
  return index < 0 ? KIND_ORDER.length : index;
}
