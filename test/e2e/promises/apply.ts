import { isDeepStrictEqual } from 'node:util';
import type { KubeClient } from '../client';
import { type KubeObject, title } from '../objects';
import { type Item, inOrder } from '../output';
import { eventually, pooled } from '../wait';

/** Applies items wave by wave, kind by kind. Every refusal and every warning of the API is a problem. */
export async function applyAll(
  client: KubeClient,
  items: readonly Item[],
  options: { readonly force?: boolean } = {},
): Promise<string[]> {
  const problems: string[] = [];
  for (const group of inOrder(items)) {
    const found = await pooled(8, group, async ({ file, object, text }) => {
      try {
        const { warnings } = await client.apply(object, text, options);
        return warnings.map((warning) => `${file}: ${title(object)}: warning: ${warning}`);
      } catch (error) {
        return [`${file}: ${(error as Error).message}`];
      }
    });
    problems.push(...found.flat());
    // Until its quota is counted for the first time a namespace accepts nothing that is counted; Argo CD retries then.
    if (group.some(({ object }) => object.kind === 'ResourceQuota')) problems.push(...(await quotasCounted(client)));
  }
  return problems;
}

async function quotasCounted(client: KubeClient): Promise<string[]> {
  return eventually(30, async () => {
    const quotas = await client.list<{ hard?: object }, { hard?: object }>('v1', 'ResourceQuota');
    const waiting = quotas.filter(({ spec, status }) => !isDeepStrictEqual(spec?.hard, status?.hard));
    return waiting.map((quota) => `${title(quota)}: is not counted`);
  });
}

/**
 * Applies items that are already there; an item whose resource version moves was changed. Controllers write statuses
 * meanwhile, so a move with nothing but that behind it is tried again.
 */
export async function changedByApplying(client: KubeClient, items: readonly Item[]): Promise<string[]> {
  const found = await pooled(8, items, (item) => changedBy(client, item).catch((error: Error) => [error.message]));
  return found.flat();
}

async function changedBy(client: KubeClient, { object, text }: Item): Promise<string[]> {
  let dropped: string[] = [];
  for (let tries = 0; tries < 5; tries += 1) {
    const before = await client.get<KubeObject>(object);
    const { object: after } = await client.apply<KubeObject>(object, text);
    if (before.metadata.resourceVersion === after.metadata.resourceVersion) return [];
    const changes = differences(before, after).filter((path) => !WRITTEN_BY_THE_SERVER.test(path));
    if (changes.length > 0) return [`${title(object)}: applying it again changes ${changes.join(', ')}`];
    dropped = missing(object, after);
  }
  // The API forgets an empty list or map, but not that it was applied: each sync then is a change of its own.
  const reason = dropped.length > 0 ? `, because the API drops ${dropped.join(', ')}: leave it out` : '';
  return [`${title(object)}: every sync moves its resource version${reason}`];
}

const WRITTEN_BY_THE_SERVER = /^(status|metadata\.(resourceVersion|generation|managedFields))\b/;

function differences(before: unknown, after: unknown, path = ''): string[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (!isRecord(before) || !isRecord(after)) return [path];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => differences(before[key], after[key], path === '' ? key : `${path}.${key}`));
}

/** Paths of what was applied and is not there. */
function missing(applied: unknown, live: unknown, path = ''): string[] {
  if (live === undefined) return [path];
  if (!isRecord(applied) || !isRecord(live)) return [];
  return Object.keys(applied).flatMap((key) => missing(applied[key], live[key], path === '' ? key : `${path}.${key}`));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
