import type { NamedValue } from '../model/resolved';
import type { SecretPart } from '../model/values';

/** How restic is told where a repository is and who asks; restic 0.17 or newer. */

/** The one folder that a container of a backup may write to; gone with its pod. */
export const SCRATCH = '/scratch';

/** Entry of the secret store with credentials for a backup store. */
export interface StoreCredentials {
  /** Path of an entry with the keys `accessKeyId` and `secretAccessKey`. */
  readonly path: string;
}

/** Variables that restic reads credentials from, by the kind of repository. */
const CREDENTIALS: Readonly<Record<string, readonly [id: string, secret: string]>> = {
  s3: ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'],
  azure: ['AZURE_ACCOUNT_NAME', 'AZURE_ACCOUNT_KEY'],
  b2: ['B2_ACCOUNT_ID', 'B2_ACCOUNT_KEY'],
  rest: ['RESTIC_REST_USERNAME', 'RESTIC_REST_PASSWORD'],
};

/** What is no secret: the repository, and folders that can be written. */
export function resticSettings(repository: string): NamedValue[] {
  return [
    { name: 'RESTIC_REPOSITORY', parts: [repository] },
    { name: 'RESTIC_CACHE_DIR', parts: [`${SCRATCH}/cache`] },
    { name: 'TMPDIR', parts: [SCRATCH] },
    { name: 'HOME', parts: [SCRATCH] },
  ];
}

/** The password of a repository; its entry in the secret store has it as `password`. */
export function resticPassword(path: string): NamedValue {
  return { name: 'RESTIC_PASSWORD', parts: [secret(path, 'password')] };
}

/** Credentials for the store, under the names that restic knows for this kind of repository. */
export function resticCredentials(repository: string, { path }: StoreCredentials): NamedValue[] {
  const names = CREDENTIALS[repository.slice(0, repository.indexOf(':'))];
  if (names === undefined) {
    const kinds = Object.keys(CREDENTIALS).join(', ');
    throw new Error(`expected a repository of one of the kinds ${kinds}, got ${JSON.stringify(repository)}`);
  }
  return [
    { name: names[0], parts: [secret(path, 'accessKeyId')] },
    { name: names[1], parts: [secret(path, 'secretAccessKey')] },
  ];
}

// --- internal ---

function secret(path: string, key: string): SecretPart {
  return { path, key, encode: 'none' };
}
