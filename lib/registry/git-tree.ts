import { createHash } from 'node:crypto';
import { type Problem, show } from '../model/errors';
import { commitOf, firstLine, gitProblem } from './commit';
import { git } from './git';

/** The files of a folder in a commit, by what they hold. */

export interface GitTree {
  /** Names of contents, by path below the folder. */
  readonly objects: ReadonlyMap<string, string>;
  /** The text of one of them. */
  readonly text: (path: string) => Promise<string>;
}

/**
 * @param folder below the root, which may be a folder anywhere in its repository
 * @param option what the ref was given by, as in `--base`
 */
export async function treeAt(root: string, ref: string, folder: string, option: string): Promise<GitTree | Problem> {
  const commit = await commitOf(root, ref, option);
  if ('problem' in commit) return commit.problem;
  const tree = await git(root, ['ls-tree', '-r', '-z', commit.sha, `${folder}/`]);
  if (tree.code !== 0)
    return gitProblem(`cannot list ${folder} of ${show(ref)}: ${firstLine(tree)}`, 'repair the clone', option);
  const objects = new Map<string, string>();
  for (const line of tree.stdout.toString().split('\u0000')) {
    const [, object, path] = /^\d+ \w+ ([0-9a-f]+)\t(.*)$/s.exec(line) ?? [];
    if (object !== undefined && path !== undefined) objects.set(path.slice(folder.length + 1), object);
  }
  const text = async (path: string): Promise<string> => {
    const object = objects.get(path);
    if (object === undefined) return '';
    return (await git(root, ['cat-file', 'blob', object])).stdout.toString('utf8');
  };
  return { objects, text };
}

/** What git calls a content, by the algorithm that another name was made by. */
export function objectName(content: Buffer, like: string): string {
  const hash = createHash(like.length === 64 ? 'sha256' : 'sha1');
  return hash.update(`blob ${content.length}\0`).update(content).digest('hex');
}
