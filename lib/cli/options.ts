import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { oneOf, suggest } from '../model/errors';

/** The command line, parsed. */

export const COMMANDS = ['synth', 'check', 'records'] as const;
export type Command = (typeof COMMANDS)[number];

export interface Options {
  readonly command: Command;
  /** Folder whose `tenants/` is read and whose `dist/` is written. */
  readonly root: string;
  /** `synth --check`: compare, write nothing. */
  readonly check: boolean;
  readonly only: readonly string[] | undefined;
  readonly json: boolean;
  /** Git ref that nothing may have been lost since. */
  readonly base: string | undefined;
  /** Ids after the command, for those that take some. */
  readonly ids: readonly string[];
  readonly threads: number | undefined;
}

/** A wrong command line; exit code 2. */
export class UsageError extends Error {}

export const USAGE = `usage: tenantry <command> [options]

  synth              check the registry and write dist/
    --check          write nothing; exit 1 and name the tenants whose output is stale
    --only <id>...   render these tenants only; everything is checked all the same
  check              every rule over the whole registry
    --base <ref>     and that nothing with data was lost since this git ref
  records [<id>...]  DNS records that owners of custom domains must set

  --root <folder>    registry to work on (TENANTRY_ROOT; else the current folder)
  --json             one JSON object on standard output
  --threads <n>      worker threads (as many as there are cores)

exit codes: 0 done; 1 the registry or its output is wrong, and dist/ was not touched; 2 wrong usage; 70 a defect of tenantry`;

/** Parses what follows the program's name. */
export function parseOptions(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Options {
  const { values, positionals } = parse(argv);
  const [name = 'synth', ...rest] = positionals;
  if (!isCommand(name)) throw new UsageError(`unknown command ${JSON.stringify(name)} - ${suggest(name, COMMANDS)}`);
  // `--only a b c`: what follows is part of the list.
  const only = values.only === undefined ? undefined : [...values.only, ...(name === 'synth' ? rest : [])];
  if (name !== 'records' && only === undefined && rest.length > 0)
    throw new UsageError(`unexpected ${oneOf(rest)} after ${name}`);
  const root = resolve(values.root ?? environment.TENANTRY_ROOT ?? '.');
  if (!existsSync(root) || !statSync(root).isDirectory())
    throw new UsageError(`--root: there is no folder ${JSON.stringify(values.root ?? environment.TENANTRY_ROOT)}`);
  const threads = values.threads === undefined ? undefined : Number(values.threads);
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 0))
    throw new UsageError(`--threads: expected a number, got ${JSON.stringify(values.threads)}`);
  return { command: name, root, check: values.check, only, json: values.json, base: values.base, ids: rest, threads };
}

// --- internal ---

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        root: { type: 'string' },
        check: { type: 'boolean', default: false },
        only: { type: 'string', multiple: true },
        json: { type: 'boolean', default: false },
        base: { type: 'string' },
        threads: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message.split('. ')[0] ?? 'wrong usage');
  }
}

function isCommand(name: string): name is Command {
  return (COMMANDS as readonly string[]).includes(name);
}
