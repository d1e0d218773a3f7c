import type { BackingService, WithOutputs } from '../model/offer';
import { output } from '../model/values';

/** Gives a backing service its outputs as members, so that a product writes `database.url`. */
export function withOutputs<const Name extends string, const Output extends string>(
  service: Omit<BackingService<Name>, 'outputs'>,
  outputs: readonly Output[],
): WithOutputs<Name, Output> {
  const members = Object.fromEntries(outputs.map((name) => [name, output(service.name, name)]));
  return { ...service, outputs, ...members } as unknown as WithOutputs<Name, Output>;
}
