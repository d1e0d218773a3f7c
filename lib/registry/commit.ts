import { escapeInvisible, type Problem, show } from '../model/errors';
import { type GitResult, git } from './git';

/** A commit of the repository that holds a registry, by any name that somebody may have typed. */

export type Commit = { readonly sha: string } | { readonly problem: Problem };

/** @param option what the name was given by, as in `--base` */
export async function commitOf(root: string, ref: string, option: string): Promise<Commit> {
  const commit = await git(root, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]);
  if (commit.code === 0) return { sha: commit.stdout.toString().trim() };
  return { problem: await unknownRef(root, ref, commit, option) };
}

export function gitProblem(found: string, fix: string, option: string): Problem {
  return { code: 'E_GIT', file: '', path: option, found, fix };
}

export function firstLine({ stderr }: GitResult): string {
  return escapeInvisible(stderr.trim().split('\n')[0] ?? '');
}

// --- internal ---

async function unknownRef(root: string, ref: string, result: GitResult, option: string): Promise<Problem> {
  if (result.code === null) return gitProblem('git cannot be run', 'install git', option);
  const shallow = await git(root, ['rev-parse', '--is-shallow-repository']);
  if (shallow.code !== 0) {
    return gitProblem(firstLine(shallow), `run it in a clone of the repository, or leave out ${option}`, option);
  }
  const found = `git knows no commit ${show(ref)}`;
  if (shallow.stdout.toString().trim() !== 'true')
    return gitProblem(found, 'fetch it, or write a ref that exists', option);
  const fix = 'fetch it, such as by fetch-depth: 0 of actions/checkout';
  return gitProblem(`${found} in this shallow clone`, fix, option);
}
