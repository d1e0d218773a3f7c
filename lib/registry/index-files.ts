import { escapeInvisible, type Problem } from '../model/errors';
import { type IndexEntry, parseIndex, parseShared, type SharedEntry } from './index-entry';

/** The files of an index, wherever they are read from. */

/** An index as far as it could be read. Where there are problems, no loss can be ruled out. */
export interface ReadIndex {
  /** Of tenants, sorted by id. */
  readonly entries: readonly IndexEntry[];
  /** Of shared services, sorted by id. */
  readonly shared: readonly SharedEntry[];
  readonly problems: readonly Problem[];
}

export interface IndexFile {
  readonly name: string;
  readonly text: () => string;
}

export const FOLDER = 'dist/index';

/** Entries of shared services; no tenant's id begins so. */
export const SHARED = `${FOLDER}/_shared`;

export function isIndexFile(name: string): boolean {
  return name.endsWith('.json') && !name.startsWith('.');
}

/** @param where what to add to "is damaged", such as the ref */
export function parseAll(
  tenants: readonly IndexFile[],
  shared: readonly IndexFile[],
  where: string,
  fix: (file: string) => string,
): ReadIndex {
  const problems: Problem[] = [];
  const read = <E extends { readonly id: string }>(
    files: readonly IndexFile[],
    folder: string,
    parse: (text: string) => E | null,
  ) =>
    files
      .flatMap(({ name, text }): E[] => {
        const file = `${folder}/${name}`;
        const entry = parse(attempt(text));
        if (entry !== null && `${entry.id}.json` === name) return [entry];
        const found = `is damaged${where}, so that nobody can say whether something would be lost`;
        problems.push(damaged(file, found, fix(file)));
        return [];
      })
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  return { entries: read(tenants, FOLDER, parseIndex), shared: read(shared, SHARED, parseShared), problems };
}

export function damaged(file: string, found: string, fix: string): Problem {
  return { code: 'E_DIST_DAMAGED', file: escapeInvisible(file), path: '', found, fix: escapeInvisible(fix) };
}

// --- internal ---

function attempt(text: () => string): string {
  try {
    return text();
  } catch {
    return '';
  }
}
