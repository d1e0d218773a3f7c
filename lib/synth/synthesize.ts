import type { Problem } from '../model/errors';
import type { PlatformModel } from '../model/parse-platform';
import type { PlatformData } from '../model/platform';
import type { TenantFacts } from '../model/resolved';
import type { Recall, Registry } from '../registry';
import { Cache, Keys } from './cache';
import type { Put } from './change';
import { openDist, staleFiles } from './dist';
import { renderAll } from './pool';
import { renderCluster, renderScripts, renderServers } from './render';
import { isUnowned, stackList, stackPaths } from './stack-list';
import { Stager } from './stager';
import { type Job, type Rendered, Renderer } from './work';

/** The way from a checked registry to `dist/`. */

/** Folders below `dist/` that a synthesis owns: what lies there and is not rendered is removed. */
const OWNED = ['argocd', 'index', 'kubernetes', 'sql', 'terraform'];

export interface SynthesizeOptions {
  readonly root: string;
  readonly registry: Registry & { readonly platform: PlatformModel };
  /** Ids to render; all unless given. Others stay as they are. */
  readonly only?: readonly string[];
  readonly threads?: number;
  /** What `registry` was read with; one of its own unless given. */
  readonly memory?: Memory;
  readonly onProgress?: (done: number, total: number) => void;
}

/** What is known from the last synthesis. */
export class Memory {
  readonly cache: Cache;
  readonly keys = new Keys();

  constructor(root: string) {
    this.cache = new Cache(root);
  }

  /** For reading a registry. */
  readonly recall: Recall = (sources, file, input) => {
    const id = (input as { readonly id?: unknown } | null)?.id;
    return typeof id === 'string' ? this.cache.recall(id, this.keys.of(sources, file, input)) : null;
  };
}

/** What differs, by path. */
export interface Synthesis {
  readonly written: readonly string[];
  readonly removed: readonly string[];
}

/** Writes what differs, wholly or not at all. */
export async function synthesize(options: SynthesizeOptions): Promise<Synthesis> {
  const { root, registry, only } = options;
  const dist = openDist(root, { whole: only === undefined });
  try {
    const { cache, keys } = options.memory ?? new Memory(root);
    const keyOf = ({ file }: TenantFacts) => keys.of(registry.sources, file, registry.inputs.get(file));
    const wanted = wantedOf(options);
    const known = new Map<string, readonly string[]>();
    // What was left of an interrupted command cannot be told from what was written, by size and time alone.
    for (const tenant of dist.recovery === 'damaged' ? [] : wanted) {
      const paths = cache.unchanged(tenant.id, keyOf(tenant));
      if (paths !== null) known.set(tenant.id, paths);
    }
    const todo = wanted.filter((tenant) => !known.has(tenant.id));
    const rendered = await render(options, todo, false);
    const paths = [...rendered.flatMap((r) => r.paths), ...[...known.values()].flat()];
    const removed = dist.stale(paths, OWNED).filter(isOurs(options));
    const list = stackListOf(options, paths, removed);
    dist.commit({ puts: [...rendered.flatMap((r) => r.puts), ...list], removals: removed });
    const pathsOf = new Map(rendered.map((r) => [r.id, r.paths]));
    for (const tenant of todo) cache.remember(tenant.id, keyOf(tenant), pathsOf.get(tenant.id) ?? [], tenant);
    if (only !== undefined) cache.keep(registry.tenants.map(({ id }) => id));
    cache.save();
    return { written: rendered.flatMap((r) => r.changed), removed };
  } finally {
    dist.close();
  }
}

/** Compares only, whatever the cache says; works on a checkout that cannot be written. */
export async function compare(options: SynthesizeOptions): Promise<Synthesis> {
  const rendered = await render(options, wantedOf(options), true);
  const paths = rendered.flatMap((r) => r.paths);
  return {
    written: rendered.flatMap((r) => r.changed),
    removed: staleFiles(options.root, paths, OWNED).filter(isOurs(options)),
  };
}

/** The problems of stale output, by tenant. */
export function staleProblems({ written, removed }: Synthesis): Problem[] {
  return [...written, ...removed].sort().map((path) => ({
    code: 'E_DIST_STALE',
    file: `dist/${path}`,
    path: '',
    found: removed.includes(path) ? 'belongs to nothing in the registry' : 'is not what the registry says',
    fix: 'run npm run synth and commit dist/',
  }));
}

/** The tenant that a path below `dist/` belongs to by its place; undefined for what is no tenant's. */
export function ownerOf(path: string): string | undefined {
  const match =
    /^index\/([^/]+)\.json$/.exec(path) ??
    /^argocd\/[^/]+\/([^/_][^/]*)\.yaml$/.exec(path) ??
    /^kubernetes\/[^/]+\/_platform\/(?!manifest\.yaml$)([^/]+)\.yaml$/.exec(path) ??
    /^kubernetes\/[^/]+\/([^/_][^/]*)\//.exec(path) ??
    /^terraform\/stacks\/([^/_]+)(?:_identity)?\//.exec(path);
  return match?.[1];
}

// --- internal ---

async function render(options: SynthesizeOptions, todo: readonly TenantFacts[], isCheck: boolean): Promise<Rendered[]> {
  const { root, registry, only, threads, onProgress } = options;
  const platform = platformData(registry.platform);
  const job: Job = { root, platform, isCheck };
  const clusters = only === undefined ? renderClusters(registry.platform, platform, new Renderer(job)) : [];
  const tenants = await renderAll(todo, {
    job,
    whole: registry.whole,
    ...(threads === undefined ? {} : { threads }),
    onProgress: (done) => onProgress?.(done, todo.length),
  });
  return [...clusters, ...tenants];
}

function renderClusters(model: PlatformModel, platform: PlatformData, renderer: Renderer): Rendered[] {
  return [
    ...Object.keys(model.clusters).map((name) =>
      renderer.compare(`_platform/${name}`, renderCluster(model, platform, name)),
    ),
    renderer.compare('_platform', [...renderServers(platform), ...renderScripts(model)]),
  ];
}

/** The list of stacks, where it changes; what is not rendered this time is on disk. */
function stackListOf({ root, only }: SynthesizeOptions, paths: readonly string[], removed: readonly string[]): Put[] {
  const gone = new Set(removed);
  const others = only === undefined ? [] : stackPaths(root).filter((path) => !gone.has(path));
  const { path, text } = stackList([...new Set([...paths, ...others])]);
  const put = new Stager(root).stage(path, text);
  return put === undefined ? [] : [put];
}

/** What travels to threads: no products, which hold functions. */
function platformData({ products: _, file: __, ...data }: PlatformModel): PlatformData {
  return data;
}

function wantedOf({ registry, only }: SynthesizeOptions): TenantFacts[] {
  return registry.tenants.filter((tenant) => only === undefined || only.includes(tenant.id));
}

/** Whether a path belongs to what is rendered, and so is removed when nothing renders it any more. */
function isOurs({ only }: SynthesizeOptions): (path: string) => boolean {
  return (path) => !isUnowned(path) && (only === undefined || only.includes(ownerOf(path) ?? ''));
}
