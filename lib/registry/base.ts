import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { escapeInvisible, type Problem, show } from '../model/errors';
import { type GitResult, git } from './git';
import { type IndexEntry, parseIndex } from './index-entry';

/** An index as far as it could be read. Where there are problems, no loss can be ruled out. */
export interface ReadIndex {
  /** Sorted by id. */
  readonly entries: readonly IndexEntry[];
  readonly problems: readonly Problem[];
}

const FOLDER = 'dist/index';

/** The index on disk; none yet is an empty one. */
export function readIndexOnDisk(root: string): ReadIndex {
  const fix = (file: string) => `git checkout -- ${file}, or git checkout -- ${FOLDER} for all of them`;
  let names: string[];
  try {
    names = readdirSync(join(root, FOLDER));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'an error';
    if (code === 'ENOENT') return { entries: [], problems: [] };
    return { entries: [], problems: [damaged(FOLDER, `expected a folder that can be read, got ${code}`, fix(FOLDER))] };
  }
  const files = names
    .filter(isIndexFile)
    .map((name) => ({ name, text: () => readFileSync(join(root, FOLDER, name), 'utf8') }));
  return parseAll(files, '', fix);
}

/**
 * The index in a commit of the repository that holds the root, which may be a folder anywhere in it. A commit without one has
 * an empty one.
 * @param ref any name that git knows a commit by
 */
export async function readIndexAt(root: string, ref: string): Promise<ReadIndex> {
  const commit = await git(root, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]);
  if (commit.code !== 0) return failed(await unknownRef(root, ref, commit));
  const sha = commit.stdout.toString().trim();
  // Paths are relative to the folder, wherever in the repository it lies.
  const tree = await git(root, ['ls-tree', '-z', sha, `${FOLDER}/`]);
  if (tree.code !== 0)
    return failed(gitProblem(`cannot list ${FOLDER} of ${show(ref)}: ${firstLine(tree)}`, 'repair the clone'));
  const listed = tree.stdout
    .toString()
    .split('\u0000')
    .flatMap(treeEntry)
    .filter(({ name }) => isIndexFile(name));
  const blobs = await git(root, ['cat-file', '--batch'], listed.map(({ object }) => `${object}\n`).join(''));
  const texts = splitBatch(blobs.stdout);
  const files = listed.map(({ name, object }) => ({ name, text: () => texts.get(object) ?? '' }));
  return parseAll(
    files,
    ` of ${show(ref)}`,
    () => `run npm run synth on ${show(ref)} and commit dist/, or name another --base`,
  );
}

interface IndexFile {
  readonly name: string;
  readonly text: () => string;
}

function parseAll(files: readonly IndexFile[], where: string, fix: (file: string) => string): ReadIndex {
  const entries: IndexEntry[] = [];
  const problems: Problem[] = [];
  for (const { name, text } of files) {
    const file = `${FOLDER}/${name}`;
    const entry = parseIndex(attempt(text));
    if (entry !== null && `${entry.id}.json` === name) entries.push(entry);
    else
      problems.push(
        damaged(file, `is damaged${where}, so that nobody can say whether something would be lost`, fix(file)),
      );
  }
  entries.sort((a, b) => (a.id < b.id ? -1 : 1));
  return { entries, problems };
}

function attempt(text: () => string): string {
  try {
    return text();
  } catch {
    return '';
  }
}

function isIndexFile(name: string): boolean {
  return name.endsWith('.json') && !name.startsWith('.');
}

/** `<mode> <type> <object>\t<path>`; what is no file reads as a damaged one. */
function treeEntry(line: string): { name: string; object: string }[] {
  const [, object = '', name] = /^\d+ \w+ ([0-9a-f]+)\t(?:.*\/)?([^/]+)$/s.exec(line) ?? [];
  return name === undefined ? [] : [{ name, object }];
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

async function unknownRef(root: string, ref: string, result: GitResult): Promise<Problem> {
  if (result.code === null) return gitProblem('git cannot be run', 'install git');
  const shallow = await git(root, ['rev-parse', '--is-shallow-repository']);
  if (shallow.code !== 0) {
    return gitProblem(firstLine(shallow), 'run it in a clone of the repository, or leave out --base');
  }
  const found = `git knows no commit ${show(ref)}`;
  if (shallow.stdout.toString().trim() !== 'true') return gitProblem(found, 'fetch it, or write a ref that exists');
  return gitProblem(`${found} in this shallow clone`, 'fetch it, such as by fetch-depth: 0 of actions/checkout');
}

function firstLine({ stderr }: GitResult): string {
  return escapeInvisible(stderr.trim().split('\n')[0] ?? '');
}

function gitProblem(found: string, fix: string): Problem {
  return { code: 'E_GIT', file: '', path: '--base', found, fix };
}

function damaged(file: string, found: string, fix: string): Problem {
  return { code: 'E_DIST_DAMAGED', file: escapeInvisible(file), path: '', found, fix: escapeInvisible(fix) };
}

function failed(problem: Problem): ReadIndex {
  return { entries: [], problems: [problem] };
}
