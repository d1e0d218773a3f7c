import type { z } from 'zod';
import type { BackingService, Offer, OfferContext, WithOutputs } from '../model/offer';
import { output } from '../model/values';

/** Outputs that a product names itself must leave these alone: `buckets: { name: '...' }` would take the service's own name. */
export type Taken<Output extends string> = { readonly [name in Output | keyof BackingService]?: never };

/** Gives a backing service its outputs as members, so that a product writes `database.url`. */
export function withOutputs<const Name extends string, const Output extends string>(
  service: Omit<BackingService<Name>, 'outputs'>,
  outputs: readonly Output[],
): WithOutputs<Name, Output> {
  const taken = outputs.find((name, index) => MEMBERS.has(name) || outputs.indexOf(name) !== index);
  if (taken !== undefined) {
    const found = `${service.kind} ${JSON.stringify(service.name)} cannot have an output called ${JSON.stringify(taken)}`;
    throw new Error(`${found}, since it has a member of that name already - choose another name`);
  }
  const members = Object.fromEntries(outputs.map((name) => [name, output(service.name, name)]));
  return { ...service, outputs, ...members } as unknown as WithOutputs<Name, Output>;
}

/** What a product writes of a backing service whatever its kind, and what the kind's schema checks. */
export type Asked<Name extends string> = { readonly name: Name; readonly feature?: string };

/** What a kind is, for those whose every option may differ by plan. */
export interface Kind<Schema extends z.ZodType, Output extends string> {
  readonly kind: string;
  readonly schema: Schema;
  readonly outputs: readonly Output[];
  readonly offer: (name: string, options: z.output<Schema>, context: OfferContext) => Offer;
}

/** A backing service of a kind. */
export function backingOf<const Name extends string, Schema extends z.ZodType, const Output extends string>(
  { name, feature, ...options }: Asked<Name>,
  { kind, schema, outputs, offer }: Kind<Schema, Output>,
): WithOutputs<Name, Output> {
  const resolve = (given: unknown, context: OfferContext) => offer(name, schema.parse(given), context);
  return withOutputs({ kind, name, feature: feature ?? null, options, schema, offer: resolve }, outputs);
}

// --- internal ---

/** Every member of a backing service, checked to be complete. */
const MEMBERS: ReadonlySet<string> = new Set(
  Object.keys({
    kind: true,
    name: true,
    feature: true,
    options: true,
    schema: true,
    outputs: true,
    offer: true,
    rowSecurity: true,
  } satisfies Record<keyof BackingService, true>),
);
