import { z } from 'zod';
import { isoDate } from './text';
import type { SecretPart } from './values';

/**
 * Which login of a backing service is in use, and how often and when each got its password. Two take turns, `a` and `b`, so that one can
 * be changed while the other works; `backup` reads for dumps; `value` is the only one of what has no second.
 */

export const LOGIN_USES = ['a', 'b', 'backup', 'value'] as const;

export type LoginUse = (typeof LOGIN_USES)[number];

/** A login on a server of the platform. */
export interface Login {
  readonly use: LoginUse;
  /** Its name there. */
  readonly user: string;
  readonly password: SecretPart;
  /** How often its password was made; whoever writes it does so whenever this changes. */
  readonly version: number;
  /** Connections that it may hold at once. */
  readonly connections: number;
}

const loginSchema = z.strictObject({
  /** Counts up with each new password; never back. */
  version: z.int().min(1).max(1_000_000).default(1),
  /** When the password was made; the day of the tenant's creation unless given. */
  on: isoDate.nullable().default(null),
});

export const credentialSchema = z.strictObject({
  /** The login that pods use. */
  active: z.enum(['a', 'b']).default('a'),
  a: loginSchema.prefault({}),
  b: loginSchema.prefault({}),
  backup: loginSchema.prefault({}),
  value: loginSchema.prefault({}),
});

/** Credentials by the name of the backing service. */
export const credentialsSchema = z.record(z.string(), credentialSchema);

export type Credential = z.output<typeof credentialSchema>;

/** What is true of a backing service that nobody has written anything about. */
export const FIRST_CREDENTIAL: Credential = credentialSchema.parse({});

/** What is known of one login: how often its password was made, and when last. */
export interface ResolvedLogin {
  readonly version: number;
  /** `2026-11-21`. */
  readonly on: string;
}

/** What a tenant's index keeps of a backing service's logins. */
export interface ResolvedCredential {
  /** The login that pods use: of two that take turns, or the only one. */
  readonly active: LoginUse;
  readonly logins: Readonly<Partial<Record<LoginUse, ResolvedLogin>>>;
}
