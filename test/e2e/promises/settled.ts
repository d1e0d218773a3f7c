import type { KubeClient } from '../client';
import { type KubeObject, title } from '../objects';

interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
}
interface Replicated {
  replicas?: number;
  suspend?: boolean;
}
interface ReplicaStatus {
  observedGeneration?: number;
  replicas?: number;
  readyReplicas?: number;
  updatedReplicas?: number;
  conditions?: Condition[];
}
interface PodStatus {
  phase?: string;
  conditions?: Condition[];
}

/** All that is not as it should end: sets without their pods, unfinished Jobs, pods that do not run, unbound claims. */
export async function unsettled(client: KubeClient): Promise<string[]> {
  const [deployments, statefulSets, jobs, pods, claims] = await Promise.all([
    client.list<Replicated, ReplicaStatus>('apps/v1', 'Deployment'),
    client.list<Replicated, ReplicaStatus>('apps/v1', 'StatefulSet'),
    client.list<Replicated, ReplicaStatus>('batch/v1', 'Job'),
    client.list<unknown, PodStatus>('v1', 'Pod'),
    client.list<unknown, PodStatus>('v1', 'PersistentVolumeClaim'),
  ]);
  return [
    ...[...deployments, ...statefulSets].flatMap(incomplete),
    ...jobs.flatMap(unfinished),
    ...pods.flatMap(notRunning),
    ...claims.filter(({ status }) => status?.phase !== 'Bound').map((claim) => `${title(claim)}: is not bound`),
  ];
}

/** Pods of a namespace that a workload other than a Job keeps alive, by the kind of their owner. */
export async function livePods(client: KubeClient, namespace: string, owner: string): Promise<string[]> {
  const pods = await client.list<unknown, PodStatus>('v1', 'Pod', { namespace });
  const owned = pods.filter((pod) => pod.metadata.ownerReferences?.some(({ kind }) => kind === owner));
  return owned.filter((pod) => !finished(pod)).map(title);
}

function incomplete(object: KubeObject<Replicated, ReplicaStatus>): string[] {
  const wanted = object.spec?.replicas ?? 1;
  const { observedGeneration = 0, replicas = 0, readyReplicas = 0, updatedReplicas = 0 } = object.status ?? {};
  const failures = (object.status?.conditions ?? []).filter(isFailure).map(({ message }) => `, ${message}`);
  const settled = [replicas, readyReplicas, updatedReplicas].every((count) => count === wanted);
  if (settled && failures.length === 0 && observedGeneration >= (object.metadata.generation ?? 0)) return [];
  const counts = `${updatedReplicas} updated and ${readyReplicas} ready of ${replicas}, ${wanted} wanted`;
  return [`${title(object)}: ${counts}${failures.join('')}`];
}

function isFailure({ type, status }: Condition): boolean {
  return type === 'ReplicaFailure' && status === 'True';
}

function unfinished(job: KubeObject<Replicated, ReplicaStatus>): string[] {
  const conditions = job.status?.conditions ?? [];
  if (job.spec?.suspend || conditions.some(({ type, status }) => type === 'Complete' && status === 'True')) return [];
  const failed = conditions.find(({ type, status }) => type === 'Failed' && status === 'True');
  return [`${title(job)}: ${failed ? `failed: ${failed.message}` : 'is not complete'}`];
}

function notRunning(pod: KubeObject<unknown, PodStatus>): string[] {
  const condition = (type: string) => pod.status?.conditions?.find((item) => item.type === type);
  if (finished(pod) || (pod.status?.phase === 'Running' && condition('Ready')?.status === 'True')) return [];
  const reason = condition('PodScheduled')?.message ?? 'is not ready';
  return [`${title(pod)}: ${pod.status?.phase}: ${reason}`];
}

function finished(pod: KubeObject<unknown, PodStatus>): boolean {
  return pod.status?.phase === 'Succeeded';
}
