import { escapeInvisible, formatProblem, type Problem, sortProblems } from '../model/errors';

/** Where a command writes; tests pass their own. */
export interface Output {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  /** Rewrites the last line of a terminal; does nothing in a pipe. */
  readonly progress: (line: string) => void;
}

/** Standard output and error of this process. */
export const terminal: Output = {
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
  progress: (line) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${line}`);
  },
};

/** Every problem once, in order, then how many there are. */
export function printProblems({ err }: Output, problems: readonly Problem[], ending: string): void {
  const sorted = uniqueProblems(problems);
  for (const problem of sorted) {
    err(escapeInvisible(formatProblem(problem)));
    const others = (problem.related ?? []).filter((file) => file !== problem.file);
    if (others.length > 0) err(escapeInvisible(`  see ${others.join(', ')}`));
  }
  const files = new Set(sorted.map(({ file }) => file)).size;
  err(`\n${count(sorted.length, 'problem')} in ${count(files, 'file')}; ${escapeInvisible(ending)}`);
}

/** One JSON object in one line; what a terminal would obey is escaped, which means the same. */
export function printJson({ out }: Output, object: { readonly ok: boolean; readonly [key: string]: unknown }): void {
  out(escapeInvisible(JSON.stringify(object)));
}

/** The same mistake of a plan is found with every tenant of it, and is told once. */
export function uniqueProblems(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return sortProblems(problems).filter((problem) => {
    const line = formatProblem(problem);
    const isNew = !seen.has(line);
    seen.add(line);
    return isNew;
  });
}

/** `1 tenant`, `2 tenants`. */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
