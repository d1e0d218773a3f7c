import type { KubeClient } from '../client';
import { type KubeObject, title } from '../objects';

interface CoreEvent extends KubeObject {
  involvedObject: { kind: string; namespace?: string; name: string };
  message?: string;
}

/** Every pod or Job that a controller could not create: refused by a quota, a limit range, Pod Security, a policy. */
export async function refusals(client: KubeClient): Promise<string[]> {
  const query = 'fieldSelector=reason=FailedCreate';
  const events = await client.list<never, never, CoreEvent>('v1', 'Event', { query });
  return events
    .filter(({ message }) => message?.includes(CONFLICT) !== true)
    .map(({ involvedObject: { kind, namespace, name }, message }) => `${kind} ${namespace}/${name}: ${message}`);
}

/** Two writers of a quota's status met, which says nothing of its size: the controller tries again. */
const CONFLICT = 'the object has been modified; please apply your changes to the latest version and try again';

/**
 * Whether a refusal only delayed a rollout. A pod that ends is charged until it is gone, while its successor is asked
 * for at once: in a quota with room for the surge alone, the set is refused and tries again. What tells that from a
 * quota that is too small is whether the rollout ends.
 */
export function delaysRollout(refusal: string): boolean {
  return /^(ReplicaSet|StatefulSet) .* exceeded quota: /.test(refusal);
}

/** Quotas of which more is used than there is. */
export async function overruns(client: KubeClient): Promise<string[]> {
  type Amounts = Record<string, string>;
  const quotas = await client.list<unknown, { hard?: Amounts; used?: Amounts }>('v1', 'ResourceQuota');
  return quotas.flatMap((quota) =>
    Object.entries(quota.status?.used ?? {}).flatMap(([name, used]) => {
      const hard = quota.status?.hard?.[name] ?? '0';
      return amount(used) > amount(hard) ? [`${title(quota)}: ${name}: ${used} of ${hard} used`] : [];
    }),
  );
}

const UNITS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};

/** A quantity as the API server writes it. */
export function amount(quantity: string): number {
  const [, digits = '', unit = ''] = /^([-+0-9.eE]+?)([a-zA-Z]*)$/.exec(quantity) ?? [];
  const factor = unit === '' ? 1 : UNITS[unit];
  if (digits === '' || factor === undefined) throw new Error(`not a quantity: ${quantity}`);
  return Number(digits) * factor;
}
