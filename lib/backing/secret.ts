import { z } from 'zod';
import type { WithOutputs } from '../model/offer';
import { withOutputs } from './outputs';

/** A secret of the tenant's own that is made once, at random, where credentials are made: a signing key, a token. */

const schema = z.strictObject({
  /** Characters of [A-Za-z0-9]: 50 are 297 bits. */
  length: z.int().min(16).max(512).default(50),
});

export interface GeneratedSecretOptions<Name extends string> extends z.input<typeof schema> {
  readonly name: Name;
  readonly feature?: string;
}

/** A generated secret; `value` refers to it. */
export function generatedSecret<const Name extends string>({
  name,
  feature,
  ...options
}: GeneratedSecretOptions<Name>): WithOutputs<Name, 'value'> {
  return withOutputs(
    {
      kind: 'secret',
      name,
      feature: feature ?? null,
      options,
      schema,
      offer: (given, context) => {
        const { length } = schema.parse(given);
        const path = context.secretPath(name);
        return {
          kind: 'secret',
          name,
          provision: 'shared',
          server: null,
          jurisdiction: context.jurisdiction,
          claims: [],
          outputs: { value: [{ path, key: 'value', encode: 'none' }] },
          secrets: [
            {
              path,
              keys: ['value'],
              origin: 'generated',
              length,
              use: 'value',
              version: context.credential.value.version,
            },
          ],
          peers: [],
          dump: null,
          own: null,
          details: {},
        };
      },
    },
    ['value'],
  );
}
