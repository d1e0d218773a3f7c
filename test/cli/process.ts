import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { REPOSITORY } from './support';

export interface ProcessOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Whom it runs as, where this process may choose. */
  readonly uid?: number;
}

/** What starts the program, as `npm run synth` does. */
export const PROGRAM = [join(REPOSITORY, 'bin/start.cjs')];

/** Variables of this process that would change what the program does, jest's own among them. */
const NOT_PASSED_ON = ['TENANTRY_ROOT', 'CDK8S_OUTDIR', 'CDKTF_OUTDIR', 'NODE_OPTIONS', 'FORCE_COLOR'];

/** The environment of a process of its own. */
export function environment(env: ProcessOptions['env'] = {}): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !NOT_PASSED_ON.includes(name));
  return { ...Object.fromEntries(own), ...env };
}

/** Runs the program as people do, in a process of its own. */
export function program(argv: readonly string[], { env, ...options }: ProcessOptions = {}): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [...PROGRAM, ...argv], { ...options, env: environment(env), encoding: 'utf8' });
}
