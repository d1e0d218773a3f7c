import type { KubeClient } from '../client';
import { installCrds } from '../crds';
import { type ClusterOutput, everything } from '../output';
import { operate, prepare } from '../stand-ins';
import { eventually } from '../wait';
import { applyAll } from './apply';
import { unsettled } from './settled';

/**
 * Applies the output of an earlier release to an empty cluster and, once it runs, this one's over it. A field that may
 * never change is refused then, however well each output is accepted by itself.
 */
export async function applyUpgrade(client: KubeClient, before: ClusterOutput, after: ClusterOutput): Promise<string[]> {
  const [old, now] = [everything(before), everything(after)];
  await installCrds(
    client,
    [...old, ...now].map(({ object }) => object),
  );
  await prepare(client, [...old, ...now]);
  // What the API thinks of the old output was that release's concern.
  await applyAll(client, old);
  await operate(client, old);
  await eventually(300, () => unsettled(client));
  // As Argo CD does: what an operator wrote may be a manifest's now.
  const problems = await applyAll(client, now, { force: true });
  await operate(client, now);
  return [...problems, ...(await eventually(300, () => unsettled(client)))];
}
