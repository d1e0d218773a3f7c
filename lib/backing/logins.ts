import type { Login, LoginUse } from '../model/credentials';
import type { OfferContext, SecretSpec } from '../model/offer';
import type { SecretPart } from '../model/values';

/** Logins that Terraform makes on servers of the platform, each with its entry in the secret store. */

/** What the context says of credentials. */
export type LoginContext = Pick<OfferContext, 'credential' | 'secretPath'>;

/** A login with the password of its own. */
export function loginOf(
  name: string,
  use: LoginUse,
  { user, connections }: Pick<Login, 'user' | 'connections'>,
  context: LoginContext,
): Login {
  return { use, user, connections, password: passwordOf(name, use, context), version: context.credential[use].version };
}

/** Where the password of a login is; that of an only one has the name of its backing service. */
export function passwordOf(name: string, use: LoginUse, { secretPath }: LoginContext, key = 'password'): SecretPart {
  return { path: secretPath(use === 'value' ? name : `${name}-${use}`), key, encode: 'none' };
}

/** The entry that a password stands in. */
export function secretOf({ password, use, version }: Omit<Login, 'user' | 'connections'>, length = 32): SecretSpec {
  return { path: password.path, keys: [password.key], origin: 'generated', length, use, version };
}

/** The one of several that is meant. */
export function pick(logins: readonly Login[], use: LoginUse): Login {
  const found = logins.find((login) => login.use === use);
  if (found === undefined) throw new Error(`expected a login ${use}`);
  return found;
}
