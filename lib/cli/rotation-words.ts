import type { Step } from '../model/rotation';
import type { Options } from './options';

/** What a step writes, and what is said of it. */

export interface Edit {
  readonly path: readonly string[];
  readonly value: string | number;
}

/** Values of the tenant's file that a step changes. */
export function editsOf(name: string, step: Exclude<Step, { readonly kind: 'blocked' }>): Edit[] {
  if (step.kind === 'flip') return [{ path: ['credentials', name, 'active'], value: step.active }];
  const path = ['credentials', name, step.use];
  return [
    { path: [...path, 'version'], value: step.version },
    { path: [...path, 'on'], value: step.on },
  ];
}

/** The same as somebody would write it. */
export function byHand(edits: readonly Edit[]): string {
  const [first] = edits;
  if (first === undefined) return '';
  const values = edits.map(({ path, value }) => `${keyText(path.at(-1) ?? '')}: ${literal(value)}`).join(', ');
  const inner = first.path.slice(0, -1).reduceRight((text, key) => `${keyText(key)}: { ${text} }`, values);
  return inner;
}

/** What a step is, in a sentence. */
export function told(step: Step): string {
  if (step.kind === 'flip') return `pods go over to ${step.active}`;
  if (step.kind === 'blocked') return 'pods use it';
  return `${step.use} gets another password: version ${step.version}, on ${step.on}`;
}

/** What to do now, and what comes after it. */
export function whatNext(
  id: string,
  name: string,
  step: Step,
  rest: readonly Step[],
  { day, force }: Pick<Options, 'day' | 'force'>,
): string[] {
  const isFlip = step.kind === 'flip';
  const done = isFlip
    ? 'until every pod has restarted with the other login'
    : 'until it is applied, which makes the password';
  const [following] = rest;
  // For one that leaked, the day is what tells old passwords from new ones.
  const again = force ? `--on ${day} --force` : '--on <that day>';
  return [
    `now: npm start, commit the file with dist/, merge, and wait ${done}`,
    following === undefined
      ? 'then: nothing; this rotation is done'
      : `then: npx tenantry rotate ${id} --credential ${name} ${again}, by which ${told(following)}`,
  ];
}

// --- internal ---

function keyText(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : `'${key}'`;
}

function literal(value: string | number): string {
  return typeof value === 'number' ? String(value) : `'${value}'`;
}
