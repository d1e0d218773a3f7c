import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { oneOf, suggest } from '../model/errors';
import { isoDate } from '../model/text';

/** The command line, parsed. */

export const COMMANDS = ['synth', 'check', 'records', 'rotate', 'due', 'stacks', 'guard'] as const;
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
  /** Backing service whose login `rotate` touches. */
  readonly credential: string | undefined;
  /** The day that `rotate` writes, or that `due` is asked about. */
  readonly day: string | undefined;
  /** `rotate` a login that is not due. */
  readonly force: boolean;
  /** Git ref since which `stacks` have changed; all of them where there is none. */
  readonly changedSince: string | undefined;
  /** What follows the command, for those that take something. */
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
  rotate <id>        edit a tenant's file for the next step of a rotation, which touches one login
    --on <date>      the day that is written; nothing here reads a clock
    --credential <name>  of this backing service; the first that has something due unless given
    --force          also what is not due, such as a login that leaked: all made before that day
  due                what time has made due: passwords past their age, overrides past their end; exit 3 if anything is
    --as-of <date>   the day that is asked about
  stacks             stacks of Terraform for a CI matrix, as JSON
    --changed-since <ref>  those that differ from this git ref only, and those that are gone since
  guard <stack> <plan.json>  refuse a plan that deletes what holds data; reads terraform show -json

  --root <folder>    registry to work on (TENANTRY_ROOT; else the current folder)
  --json             one JSON object on standard output
  --threads <n>      worker threads (as many as there are cores)

exit codes: 0 done; 1 the registry, its output or a plan is wrong, and dist/ was not touched; 2 wrong usage; 3 something is due;
70 a defect of tenantry`;

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
  assertArguments(name, only === undefined ? rest : []);
  const { json, check = false, base, credential, force = false } = values;
  return {
    command: name,
    root: rootOf(values.root, environment.TENANTRY_ROOT),
    ...{ check, only, json, base, credential, force },
    day: dayOf(name, { rotate: values.on, due: values['as-of'] }),
    changedSince: values['changed-since'],
    ids: rest,
    threads: threadsOf(values.threads),
  };
}

// --- internal ---

/** Options that would do nothing elsewhere, which nobody should believe in. */
const OPTIONS_OF_ONE = {
  ...{ check: 'synth', only: 'synth', threads: 'synth', base: 'check' },
  ...{ on: 'rotate', credential: 'rotate', force: 'rotate', 'as-of': 'due', 'changed-since': 'stacks' },
} as const;

/** What has to follow a command; `records` takes any number of ids. */
const ARGUMENTS: Readonly<Partial<Record<Command, readonly string[]>>> = {
  rotate: ['<id>'],
  guard: ['<stack>', '<plan.json>'],
};

function assertArguments(name: Command, rest: readonly string[]): void {
  if (name === 'records') return;
  const wanted = ARGUMENTS[name] ?? [];
  const extra = rest.slice(wanted.length);
  if (extra.length > 0) throw new UsageError(`unexpected ${oneOf(extra)} after ${[name, ...wanted].join(' ')}`);
  if (rest.length < wanted.length) throw new UsageError(`expected ${[name, ...wanted].join(' ')}`);
}

/** The clock is never asked, so that a day that matters has to be given. */
function dayOf(name: Command, days: Readonly<Record<'rotate' | 'due', string | undefined>>): string | undefined {
  if (name !== 'rotate' && name !== 'due') return undefined;
  const option = name === 'rotate' ? '--on' : '--as-of';
  const day = days[name];
  if (day === undefined) throw new UsageError(`${name}: expected ${option} <date>, such as $(date -u +%F)`);
  if (!isoDate.safeParse(day).success)
    throw new UsageError(`${option}: expected a date such as 2026-11-21, got ${JSON.stringify(day)}`);
  return day;
}

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
        on: { type: 'string' },
        credential: { type: 'string' },
        force: { type: 'boolean' },
        'as-of': { type: 'string' },
        'changed-since': { type: 'string' },
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
