import { spawn } from 'node:child_process';

/** Git, run without a shell and without asking anybody anything. */

/** What a command wrote; `code` is null where git could not be started. */
export interface GitResult {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Variables by which a hook, which may run us, points git at its own repository. */
const OF_THE_CALLER = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_PREFIX', 'GIT_COMMON_DIR'];

/** Runs git in a folder. Arguments that a user gave belong after `--end-of-options`. Never rejects. */
export function git(folder: string, args: readonly string[], input = ''): Promise<GitResult> {
  const env: NodeJS.ProcessEnv = { ...process.env };
  for (const name of OF_THE_CALLER) delete env[name];
  // Messages in one language, no password prompt, and objects that a partial clone lacks stay where they are.
  Object.assign(env, { LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', GIT_NO_LAZY_FETCH: '1', GIT_OPTIONAL_LOCKS: '0' });
  return new Promise((resolve) => {
    const child = spawn('git', args, { cwd: folder, env, stdio: ['pipe', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    const result = (code: number | null, message = ''): void =>
      resolve({ code, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString() || message });
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', (error) => result(null, error.message));
    child.on('close', (code) => result(code ?? 1));
    // Git may end before it has read everything; its own words say why.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
