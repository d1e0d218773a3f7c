import { basename } from 'node:path';
import { type Problem, show } from '../model/errors';
import { whyReserved } from './reserved';
import { listed } from './words';

/** The id that a file gives its tenant, known before anything else about it is. */
export interface FileId {
  readonly file: string;
  readonly id: string;
}

/**
 * Ids that are taken twice, reserved, or differ from their file's name.
 * @param reserved ids that the platform reserves besides those that always are
 */
export function idProblems(files: readonly FileId[], reserved: readonly string[]): Problem[] {
  return [...files.flatMap((file) => ownProblems(file, reserved)), ...duplicates(files)];
}

function ownProblems({ file, id }: FileId, reserved: readonly string[]): Problem[] {
  const problems: Problem[] = [];
  const named = basename(file, '.ts');
  if (named !== id) {
    const found = `expected ${show(named)}, as the file is named, got ${show(id)}`;
    const fix = `write id: ${show(named)}, or rename the file to ${show(`${id}.ts`)}`;
    problems.push({ code: 'E_FILE_NAME', file, path: 'id', found, fix });
  }
  const reason = whyReserved(id, reserved);
  if (reason !== undefined) {
    const fix = 'choose another id, such as the customer’s name';
    problems.push({ code: 'E_ID_RESERVED', file, path: 'id', found: `${show(id)} ${reason}`, fix });
  }
  return problems;
}

function duplicates(files: readonly FileId[]): Problem[] {
  const byId = new Map<string, string[]>();
  for (const { file, id } of files) {
    const holders = byId.get(id);
    if (holders === undefined) byId.set(id, [file]);
    else holders.push(file);
  }
  return Array.from(byId).flatMap(([id, holders]): Problem[] => {
    // Without a comparator, sort orders by code units.
    const [file, ...related] = holders.sort().reverse();
    if (file === undefined || related.length === 0) return [];
    const found = `${show(id)} is the id of ${listed(related.reverse())} too`;
    return [
      { code: 'E_ID_DUPLICATE', file, path: 'id', found, fix: 'give one of them another id and file name', related },
    ];
  });
}
