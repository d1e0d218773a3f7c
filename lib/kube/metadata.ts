import type { Space } from '../model/resolved';

/** Metadata that every object of a space has, and the order in which Argo CD applies them. */

/**
 * Sync waves, lowest first: policies stand before anything runs, secrets before pods want them, and a job before a rollout
 * succeeds before the rollout begins. Routes come last: a certificate waits for a DNS record that somebody else sets, and nothing
 * may wait for that: Argo CD waits for the health of every wave but the last. What a tenant adds to the platform's namespaces and
 * can fail is in the last wave too. Between workloads and what follows them is room for as many steps as services may start one after another.
 */
export const WAVES = {
  namespace: -4,
  policy: -3,
  access: -2,
  secret: -1,
  server: 0,
  job: 1,
  workload: 2,
  schedule: 23,
  route: 24,
} as const;

export type Wave = keyof typeof WAVES;

export const WAVE_ANNOTATION = 'argocd.argoproj.io/sync-wave';
export const SYNC_OPTIONS_ANNOTATION = 'argocd.argoproj.io/sync-options';

/** Argo CD neither prunes nor deletes what bears this before a person has confirmed it. */
export const CONFIRM = 'Prune=confirm,Delete=confirm';

export interface MetadataOptions {
  readonly wave: Wave;
  /** Waves after the named one: of a workload that others are ready before. */
  readonly step?: number;
  /** Workload that the object belongs to. */
  readonly component?: string;
  /** Holds data, or whole namespaces: deletion asks for confirmation, by itself and however it comes about. */
  readonly confirm?: boolean;
  /** Holds nothing and comes and goes, as when a tenant is suspended: pruned without a confirmation, which would hold up the sync. */
  readonly disposable?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Labels that select the pods of a workload. Kubernetes never lets a selector change, so nothing that may change is in here. */
export function selectorLabels(space: Space, component: string): Record<string, string> {
  return { 'app.kubernetes.io/instance': space.id, 'app.kubernetes.io/name': component };
}

/** All labels of an object, and of the pods of a workload. */
export function labels(space: Space, component?: string): Record<string, string> {
  return component === undefined ? { ...space.labels } : { ...space.labels, ...selectorLabels(space, component) };
}

/** Name, namespace, labels and Argo CD's annotations of an object. */
export function metadata(space: Space, name: string, options: MetadataOptions) {
  return {
    name,
    namespace: space.namespace,
    labels: { ...labels(space, options.component), ...options.labels },
    annotations: {
      ...options.annotations,
      [WAVE_ANNOTATION]: String(WAVES[options.wave] + (options.step ?? 0)),
      ...(options.confirm ? { [SYNC_OPTIONS_ANNOTATION]: CONFIRM } : {}),
      ...(options.disposable ? { [SYNC_OPTIONS_ANNOTATION]: 'Prune=true' } : {}),
    },
  };
}
