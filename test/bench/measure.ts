import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { watchTree } from './tree';

/** Measures whole processes: from the start of the program to its end, as whoever waits for it sees it. */

export interface Measured {
  readonly ms: number;
  /** Processor time of its Node processes; tells a slow program from a busy machine. */
  readonly cpuMs: number;
  /** Peak of the largest Node process. */
  readonly rssMb: number;
  /** Peak of all its processes together, esbuild's too; null where there is no /proc. Shared pages count twice. */
  readonly treeMb: number | null;
  readonly out: string;
}

export interface MeasureOptions {
  readonly cwd: string;
  /** A folder for what the processes report about themselves. */
  readonly scratch: string;
  /** Gives up after so long; the result is then null. */
  readonly limitMs?: number;
}

/** Repository of this library. */
export const REPOSITORY = join(__dirname, '..', '..');

/** What `npm run synth` hands to Node: the command that people wait for, whatever it is at the time. */
export function synthCommand(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as {
    scripts: { synth: string };
  };
  const [program, ...args] = scripts.synth.split(' ');
  if (program === 'node') return args;
  if (program === 'tsx') return [join(REPOSITORY, 'node_modules', 'tsx', 'dist', 'cli.mjs'), ...args];
  throw new Error(`the bench cannot measure ${JSON.stringify(scripts.synth)}`);
}

/** Runs a Node program and measures it; null when it reached the limit. Rejects when it fails. */
export async function measure(args: readonly string[], options: MeasureOptions): Promise<Measured | null> {
  const { cwd, scratch, limitMs } = options;
  const usage = join(scratch, 'usage');
  rmSync(usage, { recursive: true, force: true });
  mkdirSync(usage, { recursive: true });
  const preload = `--require ${JSON.stringify(join(__dirname, 'rss.cjs'))}`;
  const start = process.hrtime.bigint();
  const child = spawn(process.execPath, args, {
    cwd,
    env: {
      ...process.env,
      NODE_OPTIONS: [process.env.NODE_OPTIONS, preload].filter(Boolean).join(' '),
      TENANTRY_BENCH_USAGE: usage,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const tree = watchTree(child.pid);
  let isLate = false;
  const giveUp = () => {
    isLate = child.kill('SIGKILL');
  };
  const timer = limitMs === undefined ? undefined : setTimeout(giveUp, limitMs);
  const texts = Promise.all([textOf(child.stdout), textOf(child.stderr)]);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', resolve);
  });
  const ms = Number(process.hrtime.bigint() - start) / 1e6;
  clearTimeout(timer);
  const treeMb = tree();
  if (isLate) return null;
  const [out, err] = await texts;
  if (code !== 0)
    throw new Error(`node ${args.join(' ')} ended with ${code}:\n${err.slice(0, 3000)}${out.slice(-1000)}`);
  const processes = readdirSync(usage).map((name) => JSON.parse(readFileSync(join(usage, name), 'utf8')) as Measured);
  const rssMb = Math.max(...processes.map((process) => process.rssMb));
  return { ms, cpuMs: processes.reduce((sum, process) => sum + process.cpuMs, 0), rssMb, treeMb, out };
}

/** The middle one by time; of an even number the faster of the two. */
export function median<T extends { readonly ms: number }>(runs: readonly T[]): T {
  const sorted = [...runs].sort((a, b) => a.ms - b.ms);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  if (middle === undefined) throw new Error('nothing was measured');
  return middle;
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  stream.setEncoding('utf8');
  for await (const part of stream) text += part;
  return text;
}
