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
  for (const [option, owner] of Object.entries(OPTIONS_OF_ONE))
    if (name !== owner && values[option as keyof typeof OPTIONS_OF_ONE] !== undefined)
      throw new UsageError(`--${option} is an option of ${owner}, not of ${name}`);
  // `--only a b c`: what follows is part of the list.
  const only = values.only === undefined ? undefined : [...values.only, ...(name === 'synth' ? rest : [])];
  if (name !== 'records' && only === undefined && rest.length > 0)
    throw new UsageError(`unexpected ${oneOf(rest)} after ${name}`);
  const { json, check = false, base } = values;
  return {
    command: name,
    root: rootOf(values.root, environment.TENANTRY_ROOT),
    check,
    only,
    json,
    base,
    ids: rest,
    threads: threadsOf(values.threads),
  };
}

// --- internal ---

/** Options that would do nothing elsewhere, which nobody should believe in. */
const OPTIONS_OF_ONE = { check: 'synth', only: 'synth', threads: 'synth', base: 'check' } as const;

/** An empty variable is none, as everywhere; an empty option is a mistake. */
function rootOf(option: string | undefined, variable: string | undefined): string {
  const given = option ?? (variable || '.');
  const root = resolve(given);
  if (given !== '' && existsSync(root) && statSync(root).isDirectory()) return root;
  const name = option === undefined ? 'TENANTRY_ROOT' : '--root';
  throw new UsageError(`${name}: there is no folder ${JSON.stringify(given)}`);
}

function threadsOf(option: string | undefined): number | undefined {
  if (option === undefined) return undefined;
  if (!/^\d{1,3}$/.test(option)) throw new UsageError(`--threads: expected a number, got ${JSON.stringify(option)}`);
  return Number(option);
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        root: { type: 'string' },
        check: { type: 'boolean' },
        only: { type: 'string', multiple: true },
        json: { type: 'boolean', default: false },
        base: { type: 'string' },
        threads: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message.split(/\. |\n/)[0] ?? 'wrong usage');
  }
}

function isCommand(name: string): name is Command {
  return (COMMANDS as readonly string[]).includes(name);
}
