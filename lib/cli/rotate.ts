import { isDeepStrictEqual } from 'node:util';
import type { ResolvedCredential } from '../model/credentials';
import { escapeInvisible, formatProblem, type Problem, show, suggest } from '../model/errors';
import { formatPath } from '../model/explain';
import type { PlatformModel } from '../model/parse-platform';
import type { Tenant } from '../model/resolved';
import { afterStep, dueOn, nextStep, type RotationContext, type Step } from '../model/rotation';
import { type Registry, readRegistry } from '../registry';
import { AGELESS } from '../registry/due';
import { reason } from '../synth/dist-error';
import { EditedFile } from './edit/edited-file';
import { withValue } from './edit/set-value';
import { UneditableError } from './edit/tenant-object';
import { libraryModules } from './modules';
import { type Options, UsageError } from './options';
import { type Output, printJson, printProblems, uniqueProblems } from './print';
import { byHand, type Edit, editsOf, told, whatNext } from './rotation-words';

/** `rotate`: the next step of a rotation, written into the tenant's file. It touches one login. */
export async function rotate(options: Options, output: Output): Promise<number> {
  const { root, json } = options;
  const registry = await readRegistry(root, libraryModules());
  const [id = ''] = options.ids;
  const facts = registry.tenants.find((tenant) => tenant.id === id);
  const { platform } = registry;
  if (platform === null || (facts === undefined && registry.ids.has(id))) {
    return refused(registry.problems, 'nothing was written', options, output);
  }
  if (facts === undefined) {
    throw new UsageError(`rotate: there is no tenant ${show(id)} - ${suggest(id, [...registry.ids].sort())}`);
  }
  if (facts.state === 'purged') throw new UsageError(`rotate: ${show(id)} is purged and has no logins`);
  const tenant = registry.whole(facts);
  const found = firstStep(tenant, platform, options);
  if (found === null) return nothingDue(tenant, platform, options, output);
  const { name, step } = found;
  if (step.kind === 'blocked') return refused([blocked(tenant, name)], 'nothing was written', options, output);
  const problems = await written(options, registry, tenant, editsOf(name, step));
  if (problems.length > 0) return refused(problems, 'the file is as it was', options, output);
  const path = formatPath('credentials', [name]);
  const next = whatNext(id, name, step, restOf(tenant, name, step, contextOf(tenant, platform, options)), options);
  if (json) printJson(output, { ok: true, tenant: id, credential: name, file: tenant.file, path, step, next });
  else for (const line of [`${tenant.file}: ${path}: ${told(step)}`, ...next]) output.out(escapeInvisible(line));
  return 0;
}

// --- internal ---

interface Found {
  readonly name: string;
  readonly step: Step;
}

function contextOf({ suspended }: Tenant, platform: PlatformModel, { day, force }: Options): RotationContext {
  return { on: day ?? '', maxAgeDays: platform.credentials.maxAgeDays, force, suspended };
}

/** The first backing service that has something due. */
function firstStep(tenant: Tenant, platform: PlatformModel, options: Options): Found | null {
  const { credential } = options;
  const names = Object.keys(tenant.credentials);
  if (credential !== undefined && !names.includes(credential)) {
    const known = names.length === 0 ? 'it has none that is made here' : suggest(credential, names);
    throw new UsageError(`rotate: ${tenant.id} has no login ${show(credential)} - ${known}`);
  }
  const context = contextOf(tenant, platform, options);
  let stuck: Found | null = null;
  for (const [name, logins] of candidates(tenant, options)) {
    const step = nextStep(logins, context);
    if (step?.kind === 'blocked') stuck ??= { name, step };
    else if (step !== null) return { name, step };
  }
  return stuck;
}

/** Logins that may be touched. What has one value only breaks whatever holds the old one, and has to be named. */
function candidates({ credentials, offers }: Tenant, { credential, force }: Options): [string, ResolvedCredential][] {
  // Whatever such a value has signed or encrypted is lost with it.
  const ageless = new Set(offers.filter(({ kind }) => AGELESS.has(kind)).map(({ name }) => name));
  return Object.entries(credentials).filter(([name, { active }]) => {
    if (credential === undefined) return active !== 'value';
    return credential === name && (force || !ageless.has(name));
  });
}

/** Steps of the same backing service that come after this one, as things are. */
function restOf(tenant: Tenant, name: string, step: Step, context: RotationContext): Step[] {
  const rest: Step[] = [];
  let logins = afterStep(tenant.credentials[name] as ResolvedCredential, step);
  for (let next = nextStep(logins, context); next !== null && next.kind !== 'blocked'; ) {
    rest.push(next);
    logins = afterStep(logins, next);
    next = nextStep(logins, context);
  }
  return rest;
}

function nothingDue(tenant: Tenant, platform: PlatformModel, options: Options, output: Output): number {
  const { id, file } = tenant;
  const dates = candidates(tenant, options)
    .flatMap(([name, { logins }]) =>
      Object.entries(logins).map(([use, login]) => ({
        on: dueOn(login, platform.credentials.maxAgeDays),
        path: `${formatPath('credentials', [name])}.${use}`,
      })),
    )
    .sort((a, b) => (`${a.on} ${a.path}` < `${b.on} ${b.path}` ? -1 : 1));
  const [first] = dates;
  const when = first === undefined ? 'no password here has an age' : `${first.path} is due on ${first.on}`;
  if (options.json) printJson(output, { ok: true, tenant: id, step: null, due: first ?? null });
  else output.out(`${file}: nothing is due on ${options.day}; ${when}`);
  return 0;
}

/** Writes the edits, and puts the file back where what it says then is not what was meant. */
async function written(
  { root }: Options,
  before: Registry,
  { file, id }: Tenant,
  edits: readonly Edit[],
): Promise<Problem[]> {
  let edited: EditedFile;
  try {
    edited = new EditedFile(root, file);
    edited.write(edits.reduce((text, { path, value }) => withValue(text, path, value), edited.text));
  } catch (error) {
    return [cannotEdit(file, error instanceof UneditableError ? error.message : reason(error), edits)];
  }
  let isKept = false;
  try {
    const after = await readRegistry(root, libraryModules());
    const known = new Set(before.problems.map(formatProblem));
    const problems = after.problems.filter((problem) => !known.has(formatProblem(problem)));
    if (problems.length > 0) return problems;
    const isThere = after.tenants.some((tenant) => tenant.id === id);
    isKept = isThere && isDeepStrictEqual(after.inputs.get(file), meant(before.inputs.get(file), edits));
    return isKept ? [] : [cannotEdit(file, 'what the file says after the edit is not what was meant', edits)];
  } finally {
    if (!isKept) edited.restore();
  }
}

/** What the file should say after the edits. */
function meant(input: unknown, edits: readonly Edit[]): unknown {
  return edits.reduce((value: unknown, edit) => withPath(value, edit.path, edit.value), input);
}

function withPath(input: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  const object = (input ?? {}) as Readonly<Record<string, unknown>>;
  return { ...object, [key]: withPath(object[key], rest, value) };
}

function cannotEdit(file: string, why: string, edits: readonly Edit[]): Problem {
  return { code: 'E_FILE_EDIT', file, path: 'credentials', found: why, fix: `write by hand: ${byHand(edits)}` };
}

function blocked({ file }: Tenant, name: string): Problem {
  const found = `${show(name)} has one login only, and pods use it: another password would cut them off`;
  const fix = "write lifecycle: { state: 'suspended' }, merge and apply that, and run this again";
  return { code: 'E_CREDENTIAL', file, path: formatPath('credentials', [name]), found, fix };
}

function refused(problems: readonly Problem[], ending: string, { json }: Options, output: Output): number {
  if (json) printJson(output, { ok: false, problems: uniqueProblems(problems) });
  else printProblems(output, problems, ending);
  return 1;
}
