import { readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';

interface Stage {
  readonly metadata: { readonly name: string };
  readonly spec: {
    delay?: { durationMilliseconds: number };
    readonly selector: { matchExpressions: { readonly cel?: { readonly expression: string } }[] };
  };
}

/**
 * How long a fake pod takes. As KWOK ships them pods are ready and done at once, and then nothing ever overlaps: a
 * backup is over before a rollout has begun, and no quota is ever short.
 */
const DELAYS: Readonly<Record<string, number>> = { 'pod-ready': 1_000, 'pod-complete': 5_000 };

/** KWOK's own stages with two changes: pods take a while, and volumes are provisioned for every storage class. */
export function stages(files: readonly string[]): string {
  return files.map((file) => stringify(adapt(parse(readFileSync(file, 'utf8')) as Stage))).join('---\n');
}

function adapt(stage: Stage): Stage {
  const delay = DELAYS[stage.metadata.name];
  if (delay !== undefined) stage.spec.delay = { durationMilliseconds: delay };
  const selector = stage.spec.selector;
  selector.matchExpressions = selector.matchExpressions.filter(
    (item) => !item.cel?.expression.includes('storageClassName'),
  );
  return stage;
}
