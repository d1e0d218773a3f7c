/** What a plan of Terraform would take away, read from the JSON of `terraform show -json`. */

export interface Verdict {
  /** Resources that hold data or let people in, and that the plan deletes or replaces. */
  readonly deletes: readonly { readonly address: string; readonly type: string; readonly isReplaced: boolean }[];
  /** Addresses of what the plan imports and whose provider would write its secrets into the state. */
  readonly leaks: readonly string[];
  /** Why it cannot be judged; null where it can. */
  readonly unreadable: string | null;
  /** Checks that do not pass. */
  readonly checks: readonly { readonly address: string; readonly status: string }[];
}

/**
 * Types whose loss cannot be undone by applying again: data, those who own or read it, and the entries that hold their passwords. Grants,
 * policies and bindings are not among them: the next apply makes them anew. Nor are versions of entries in AWS, which a rotation replaces while
 * the entry and its other versions stay.
 */
export const GUARDED: ReadonlySet<string> = new Set([
  ...['postgresql_database', 'postgresql_schema', 'postgresql_role'],
  ...['mysql_database', 'mysql_user', 'mysql_role'],
  ...['minio_s3_bucket', 'minio_s3_bucket_versioning', 'minio_s3_bucket_object_lock_configuration', 'minio_iam_user'],
  ...['aws_s3_bucket', 'aws_iam_user', 'aws_secretsmanager_secret'],
  ...['vault_kv_secret_v2', 'vault_mount', 'vault_database_secret_backend_static_role'],
  ...['kubernetes_secret', 'kubernetes_secret_v1', 'kubernetes_namespace', 'kubernetes_namespace_v1'],
  ...['kubernetes_persistent_volume_claim', 'kubernetes_persistent_volume_claim_v1', 'kubernetes_manifest'],
  ...['authentik_provider_oauth2', 'authentik_application', 'authentik_group', 'authentik_user'],
  'authentik_certificate_key_pair',
]);

/** What reads its own secrets where it was not made by write-only arguments. */
const LEAKING: ReadonlySet<string> = new Set(['kubernetes_secret', 'kubernetes_secret_v1']);

/** Actions of Terraform 1.11 to 1.14 and OpenTofu 1.12; `forget` leaves the object alone. */
const ACTIONS: ReadonlySet<unknown> = new Set(['no-op', 'create', 'read', 'update', 'delete', 'forget', 'open']);

/** Judges it. Whatever is not understood is unreadable, and never looks harmless. */
export function judge(text: string): Verdict {
  try {
    return judged(JSON.parse(text));
  } catch (error) {
    return unreadable(error instanceof Unreadable ? error.message : 'expected JSON');
  }
}

// --- internal ---

class Unreadable extends Error {}

type Fields = Readonly<Record<string, unknown>>;

function judged(plan: unknown): Verdict {
  if (!isFields(plan)) throw new Unreadable('expected an object');
  if (!/^1\.\d+$/.test(String(plan.format_version))) throw new Unreadable('expected format_version 1.x');
  if (!('planned_values' in plan)) throw new Unreadable('expected a plan, got a state');
  if (plan.errored === true) throw new Unreadable('the plan ended with an error');
  const deferred = listOf(plan, 'deferred_changes').map((change) => fieldsOf(change, 'resource_change'));
  // A plan without changes has no such list, one of a later Terraform may have it under another name only with another format.
  const changes = [...listOf(plan, 'resource_changes'), ...deferred];
  const deletes = changes.flatMap((change) => {
    const { address, type, mode } = change;
    const { actions } = fieldsOf(change, 'change');
    if (typeof address !== 'string' || typeof type !== 'string') throw new Unreadable('expected an address and a type');
    if (!Array.isArray(actions) || actions.length === 0 || !actions.every((action) => ACTIONS.has(action)))
      throw new Unreadable(`${address}: expected known actions`);
    if (mode === 'data' || !actions.includes('delete') || !GUARDED.has(type)) return [];
    return [{ address, type, isReplaced: actions.length > 1 }];
  });
  const leaks = changes.flatMap((change) => {
    const { address, type } = change;
    const { importing } = fieldsOf(change, 'change');
    return isFields(importing) && LEAKING.has(String(type)) ? [String(address)] : [];
  });
  const checks = listOf(plan, 'checks').flatMap((check) => {
    const { status } = check;
    if (status !== 'fail' && status !== 'error') return [];
    const { to_display: name } = fieldsOf(check, 'address');
    return [{ address: typeof name === 'string' ? name : 'a check', status }];
  });
  return { deletes, leaks, unreadable: null, checks };
}

function unreadable(why: string): Verdict {
  return { deletes: [], leaks: [], unreadable: why, checks: [] };
}

function listOf(object: Fields, name: string): Fields[] {
  const list = object[name] ?? [];
  if (!Array.isArray(list) || !list.every(isFields)) throw new Unreadable(`${name}: expected a list of objects`);
  return list;
}

function fieldsOf(object: Fields, name: string): Fields {
  const found = object[name];
  if (!isFields(found)) throw new Unreadable(`expected an object in ${name}`);
  return found;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
