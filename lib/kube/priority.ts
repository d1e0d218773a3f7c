import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { WAVE_ANNOTATION, WAVES } from './metadata';

/** A class of pods; the higher the value, the later they are evicted and the earlier they find room. */
export interface PriorityLevel {
  readonly name: string;
  /** 0 to 1,000,000. Kubernetes never lets it change: another value needs another name. */
  readonly value: number;
}

export interface PriorityClassesProps {
  readonly levels: readonly PriorityLevel[];
  readonly labels?: Readonly<Record<string, string>>;
}

/** Below this value a class waits for room. */
const PREEMPTS_FROM = 1000;

/**
 * The priorities of all plans of a cluster. From 1,000 on, a pod that finds no room may push out pods of lower priority.
 * Below, it waits: pods without any class have priority 0, so that even the cheapest plan would otherwise evict whatever
 * else runs in the cluster. None is the default, which would give a rank to pods that nobody ranked.
 */
export class PriorityClasses extends Construct {
  readonly classes: readonly k8s.KubePriorityClass[];

  constructor(scope: Construct, id: string, { levels, labels }: PriorityClassesProps) {
    super(scope, id);
    this.classes = levels.map(
      ({ name, value }) =>
        new k8s.KubePriorityClass(this, name, {
          metadata: { name, labels: { ...labels }, annotations: { [WAVE_ANNOTATION]: String(WAVES.namespace) } },
          value,
          globalDefault: false,
          preemptionPolicy: value < PREEMPTS_FROM ? 'Never' : 'PreemptLowerPriority',
          description: `Tenants' pods of priority ${value}`,
        }),
    );
  }
}
