import { type Problem, show } from '../model/errors';
import { formatPath } from '../model/explain';
import type { Claim } from '../model/offer';
import type { PlatformModel } from '../model/parse-platform';
import { sharedCredentials } from '../model/resolve-credentials';
import type { Space } from '../model/resolved';
import { sharedHoldings } from '../model/shared-holdings';
import { keyOf, spaceWord } from './claims';
import { credentialLosses } from './credentials';
import type { SharedEntry } from './index-entry';
import { fixedLosses, indexOf, type Loss, loss, onlyOther } from './loss-claims';
import { listed } from './words';

/**
 * What shared services would lose. They serve all tenants of a cluster and have no state to be purged by: the one way to let data of
 * theirs go is to name it in `released` of the platform.
 */

/** @param source `dist` for what is on disk, else the git ref that the index comes from */
export function sharedLosses(before: readonly SharedEntry[], platform: PlatformModel, source: string): Loss[] {
  return before.flatMap((entry) => {
    const space = platform.shared.get(entry.placement)?.get(entry.product);
    const now = space === undefined ? [] : sharedHoldings(space);
    const held = new Map(now.map((claim) => [keyOf(claim), claim]));
    const lost = entry.claims.filter((claim) => claim.stateful && !held.has(keyOf(claim)));
    const kept = lost.filter((claim) => !Object.hasOwn(platform.released, releaseOf(claim)));
    const path = pathOf(entry, platform, space);
    const shrunk = entry.claims.flatMap((claim) => {
      const same = held.get(keyOf(claim));
      return same === undefined ? [] : fixedLosses(claim, same, { file: platform.file, path }, indexOf(source));
    });
    const rest = [...shrunk, ...loginLosses(entry, platform, space, indexOf(source))];
    if (kept.length === 0) return rest;
    const known = new Set(entry.claims.map(keyOf));
    const gained = now.filter((claim) => !known.has(keyOf(claim)));
    const moves = kept.map((claim) => ({ claim, to: onlyOther(claim, lost, gained) }));
    return [lostLoss(entry, moves, { file: platform.file, path }, indexOf(source)), ...rest];
  });
}

/** What is said to be let go and is held all the same: a later slip would lose it without a word. */
export function releaseProblems({ file, released, shared }: PlatformModel): Problem[] {
  const holders = new Map(
    [...shared.values()]
      .flatMap((spaces) => [...spaces.values()])
      .flatMap((space) => sharedHoldings(space).map((claim) => [releaseOf(claim), space] as const)),
  );
  return Object.keys(released).flatMap((name): Problem[] => {
    const holder = holders.get(name);
    if (holder === undefined) return [];
    const found = `it is held by the shared services of ${holder.product} on ${holder.clusterName}`;
    const path = formatPath('released', [name]);
    return [{ code: 'E_PLATFORM_FIELD', file, path, found, fix: 'remove this line, or what holds it' }];
  });
}

// --- internal ---

/** Shared services always have pods. */
function loginLosses(
  { placement, product, credentials }: SharedEntry,
  platform: PlatformModel,
  space: Space | undefined,
  where: string,
): Loss[] {
  if (space === undefined) return [];
  const path = formatPath('clusters', [placement, 'credentials', product]);
  const place = { file: platform.file, path, where, alone: '', isIdle: false };
  return credentialLosses(credentials, sharedCredentials(platform, space), place);
}

/** What a claim is called in `released`. */
function releaseOf({ space, name }: Claim): string {
  return `${space} ${name}`;
}

/** Where somebody would look for what was changed. */
function pathOf({ placement, product }: SharedEntry, platform: PlatformModel, space: Space | undefined): string {
  if (!Object.hasOwn(platform.clusters, placement)) return formatPath('clusters', [placement]);
  const isWithdrawn = space === undefined && (platform.products.get(product)?.shared ?? null) !== null;
  return isWithdrawn ? `clusters.${placement}.products` : `products.${product}.shared`;
}

/** One edit, one problem: all that one of them would lose. */
function lostLoss(
  { id, product, placement }: SharedEntry,
  moves: readonly { readonly claim: Claim; readonly to: Claim | undefined }[],
  place: Pick<Problem, 'file' | 'path'>,
  where: string,
): Loss {
  const names = moves.map(({ claim: { space, name }, to }) => {
    const now = to === undefined ? '' : `, which would be ${show(to.name)}`;
    return `the ${spaceWord(space)} ${show(name)}${now}`;
  });
  const release = moves.map(({ claim }) => `${JSON.stringify(releaseOf(claim))}: '...'`).join(', ');
  const key = `${id} ${moves.map(({ claim }) => keyOf(claim)).join(' ')}`;
  return loss(key, {
    code: 'E_LOSS_CLAIM',
    ...place,
    found: `in ${where} the shared services of ${product} on ${placement} hold data that would be left behind: ${listed(names, 6)}`,
    fix: `put back what was changed; or, once the data is copied or may go, write in the platform why: released: { ${release} }`,
  });
}
