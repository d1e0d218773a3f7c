import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Problem, show } from '../model/errors';
import { commitOf, firstLine, gitProblem } from './commit';
import { git } from './git';
import { damaged, FOLDER, type IndexFile, isIndexFile, parseAll, type ReadIndex, SHARED } from './index-files';

/** What a ref is given by. */
const OPTION = '--base';

/** The index on disk; none yet is an empty one. */
export function readIndexOnDisk(root: string): ReadIndex {
  const fix = (file: string) => `git checkout -- ${file}, or git checkout -- ${FOLDER} for all of them`;
  try {
    return parseAll(filesBelow(root, FOLDER), filesBelow(root, SHARED), '', fix);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'an error';
    return failed(damaged(FOLDER, `expected a folder that can be read, got ${code}`, fix(FOLDER)));
  }
}

/**
 * The index in a commit of the repository that holds the root, which may be a folder anywhere in it. A commit without one has
 * an empty one.
 * @param ref any name that git knows a commit by
 */
export async function readIndexAt(root: string, ref: string): Promise<ReadIndex> {
  const commit = await commitOf(root, ref, OPTION);
  if ('problem' in commit) return failed(commit.problem);
  const { sha } = commit;
  // Paths are relative to the folder, wherever in the repository it lies.
  const tree = await git(root, ['ls-tree', '-z', sha, `${FOLDER}/`, `${SHARED}/`]);
  if (tree.code !== 0)
    return failed(gitProblem(`cannot list ${FOLDER} of ${show(ref)}: ${firstLine(tree)}`, 'repair the clone', OPTION));
  const listed = tree.stdout
    .toString()
    .split('\u0000')
    .flatMap(treeEntry)
    .filter(({ name }) => isIndexFile(name));
  const blobs = await git(root, ['cat-file', '--batch'], listed.map(({ object }) => `${object}\n`).join(''));
  const texts = splitBatch(blobs.stdout);
  const within = (isShared: boolean) =>
    listed
      .filter((entry) => entry.isShared === isShared)
      .map(({ name, object }): IndexFile => ({ name, text: () => texts.get(object) ?? '' }));
  const fix = () => `run npm run synth on ${show(ref)} and commit dist/, or name another --base`;
  return parseAll(within(false), within(true), ` of ${show(ref)}`, fix);
}

// --- internal ---

/** Those of a folder; none where it is not there yet. */
function filesBelow(root: string, folder: string): IndexFile[] {
  let names: string[];
  try {
    names = readdirSync(join(root, folder));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return names
    .filter(isIndexFile)
    .map((name) => ({ name, text: () => readFileSync(join(root, folder, name), 'utf8') }));
}

/** `<mode> <type> <object>\t<path>`; what is no file reads as a damaged one. */
function treeEntry(line: string): { name: string; object: string; isShared: boolean }[] {
  const [, object = '', folder = '', name] = /^\d+ \w+ ([0-9a-f]+)\t(.*\/)?([^/]+)$/s.exec(line) ?? [];
  return name === undefined ? [] : [{ name, object, isShared: folder.endsWith(`${SHARED}/`) }];
}

/** `<object> <type> <size>`, a line end, the content, a line end; `<object> missing` where there is none. */
function splitBatch(output: Buffer): Map<string, string> {
  const texts = new Map<string, string>();
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf(10, at);
    const [object = '', , size] = output.toString('latin1', at, end).split(' ');
    at = end + 1;
    if (size === undefined) continue;
    texts.set(object, output.toString('utf8', at, at + Number(size)));
    at += Number(size) + 1;
  }
  return texts;
}

function failed(problem: Problem): ReadIndex {
  return { entries: [], shared: [], problems: [problem] };
}
