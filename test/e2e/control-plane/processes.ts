import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { say } from './cache';

/** Processes and a folder that live as long as a test run and no longer, whichever way it ends (see guard.cjs). */
export class Processes {
  readonly folder = mkdtempSync(join(tmpdir(), 'tenantry-e2e-'));
  private readonly children = new Map<string, ChildProcess>();
  private readonly guard: ChildProcess;
  private stopping = false;

  constructor() {
    this.guard = spawn(process.execPath, [join(__dirname, 'guard.cjs'), this.folder], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    this.guard.stdin?.on('error', () => {}); // Gone already: there is nothing left to guard.
    this.guard.unref();
  }

  /** Starts a program; what it prints goes to `<name>.log` in the folder. Returns its process id. */
  start(name: string, file: string, args: readonly string[]): number | undefined {
    const log = openSync(join(this.folder, `${name}.log`), 'a');
    const child = spawn(file, args, { cwd: this.folder, stdio: ['ignore', log, log] });
    closeSync(log);
    this.children.set(name, child);
    this.tell(`+${child.pid}`);
    child.once('error', (error) => say(`${name} can't be started: ${error.message}`));
    child.once('exit', (code, signal) => {
      this.tell(`-${child.pid}`);
      if (!this.stopping) say(`${name} ended (${signal ?? code}) before it was stopped:\n${this.tail(name)}`);
    });
    return child.pid;
  }

  /** Names of programs that were started and have ended by themselves. */
  ended(): string[] {
    return [...this.children].filter(([, child]) => !alive(child)).map(([name]) => name);
  }

  /** The last lines that a program printed. */
  tail(name: string): string {
    return readFileSync(join(this.folder, `${name}.log`), 'utf8')
      .split('\n')
      .slice(-15)
      .join('\n');
  }

  /** Stops what was started and removes the folder. */
  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all([...this.children.values()].filter(alive).map(end));
    if (!alive(this.guard)) return;
    const done = once(this.guard, 'exit');
    this.guard.ref();
    this.guard.stdin?.end();
    await done;
  }

  private tell(line: string): void {
    const input: Writable | null = this.guard.stdin;
    input?.write(`${line}\n`);
  }
}

function alive(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

async function end(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  // Nobody will read the data again: patience with a graceful shutdown would only cost time.
  const impatience = setTimeout(() => child.kill('SIGKILL'), 1_000);
  await gone;
  clearTimeout(impatience);
}
