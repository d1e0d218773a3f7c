import { cpu, memory } from '../model/quantities';
import type { Amounts, Space } from '../model/resolved';

/** What the resources of every operator want alike. */

/** Amounts as Kubernetes writes them. */
export function quantities(amounts: Amounts): Record<string, string> {
  return {
    cpu: cpu(amounts.cpu),
    memory: memory(amounts.memoryMiB),
    'ephemeral-storage': memory(amounts.ephemeralMiB),
  };
}

export interface Placement {
  readonly nodeSelector?: Record<string, string>;
  readonly tolerations?: { readonly key: string; readonly operator: 'Equal'; readonly value: string }[];
}

/** The nodes of the plan. A toleration without an effect holds for each effect of the taint. */
export function placement({ nodePool }: Space): Placement {
  if (nodePool === null) return {};
  const { labels: nodeSelector, taint } = nodePool;
  if (taint === null) return { nodeSelector };
  return { nodeSelector, tolerations: [{ key: taint.key, operator: 'Equal', value: taint.value }] };
}
