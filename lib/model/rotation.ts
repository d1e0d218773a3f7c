import type { LoginUse, ResolvedCredential, ResolvedLogin } from './credentials';
import { addDays, daysBetween } from './days';

/**
 * How a password changes without a break: the login that rests gets a new one, pods go over to it, and then the other gets one. Each step
 * is a pull request of its own, applied before the next. Nothing here knows which day it is.
 */

export type Step =
  | { readonly kind: 'raise'; readonly use: LoginUse; readonly version: number; readonly on: string }
  /** Pods go over to the other login. */
  | { readonly kind: 'flip'; readonly active: 'a' | 'b' }
  /** A login that pods use and that takes turns with none cannot change while they run. */
  | { readonly kind: 'blocked'; readonly use: LoginUse };

export interface RotationContext {
  /** The day that it is done. */
  readonly on: string;
  readonly maxAgeDays: number;
  /** Every login that was made before that day is due, however young: for one that leaked. */
  readonly force: boolean;
  /** No pods run, so that nothing can be cut off. */
  readonly suspended: boolean;
}

/** Whether a password is older than it may be, or is said to be of a later day, so that nobody knows its age. */
export function isDue({ on }: ResolvedLogin, asOf: string, maxAgeDays: number): boolean {
  const age = daysBetween(on, asOf);
  return age < 0 || age > maxAgeDays;
}

/** The first day that a password is due for its age. */
export function dueOn({ on }: ResolvedLogin, maxAgeDays: number): string {
  return addDays(on, maxAgeDays + 1);
}

/** The next step of a backing service, which touches one login; null where nothing is due. */
export function nextStep(credential: ResolvedCredential, context: RotationContext): Step | null {
  const { active, logins } = credential;
  const isOld = (use: LoginUse): boolean => {
    const login = logins[use];
    if (login === undefined) return false;
    return (context.force && login.on < context.on) || isDue(login, context.on, context.maxAgeDays);
  };
  const raise = (use: LoginUse): Step => {
    return { kind: 'raise', use, version: (logins[use]?.version ?? 0) + 1, on: context.on };
  };
  if (active !== 'value' && takesTurns(credential)) {
    const idle = active === 'a' ? 'b' : 'a';
    if (isOld(idle)) return raise(idle);
    if (isOld(active)) return { kind: 'flip', active: idle };
  } else if (isOld(active)) {
    return active === 'value' || context.suspended ? raise(active) : { kind: 'blocked', use: active };
  }
  return isOld('backup') ? raise('backup') : null;
}

/** What a backing service's logins are after a step. */
export function afterStep(credential: ResolvedCredential, step: Step): ResolvedCredential {
  if (step.kind === 'blocked') return credential;
  if (step.kind === 'flip') return { ...credential, active: step.active };
  const { use, version, on } = step;
  return { ...credential, logins: { ...credential.logins, [use]: { version, on } } };
}

/** Whether there are two logins, so that one can change while pods use the other. */
export function takesTurns({ logins }: ResolvedCredential): boolean {
  return logins.a !== undefined && logins.b !== undefined;
}
