import { createHash } from 'node:crypto';
import type { KubeClient } from '../client';
import type { KubeObject } from '../objects';
import { type Item, ofKind } from '../output';
import { pooled } from '../wait';

interface Autoscaler {
  maxReplicas: number;
  scaleTargetRef: { apiVersion: string; kind: string; name: string };
}
interface JobTemplate {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> };
  spec: unknown;
}
interface CronJobSpec {
  suspend?: boolean;
  jobTemplate: JobTemplate;
}

/** Brings every autoscaled workload to its maximum, through the scale subresource as the autoscaler itself would. */
export async function scaleToMaximum(client: KubeClient, items: readonly Item[]): Promise<number> {
  const autoscalers = ofKind<KubeObject<Autoscaler>>(items, 'HorizontalPodAutoscaler');
  await pooled(8, autoscalers, async ({ metadata: { namespace }, spec }) => {
    const { apiVersion, kind, name } = (spec as Autoscaler).scaleTargetRef;
    const target = { apiVersion, kind, metadata: { namespace, name } };
    await client.scale(target, (spec as Autoscaler).maxReplicas);
  });
  return autoscalers.length;
}

/** Rolls every workload as `kubectl rollout restart` does. */
export async function restartAll(client: KubeClient, items: readonly Item[]): Promise<number> {
  const workloads = [...ofKind(items, 'Deployment'), ...ofKind(items, 'StatefulSet')];
  const annotations = { 'kubectl.kubernetes.io/restartedAt': new Date().toISOString() };
  await pooled(8, workloads, (workload) =>
    client.merge(workload, { spec: { template: { metadata: { annotations } } } }),
  );
  return workloads.length;
}

/** Starts a Job of every CronJob that is not suspended, as `kubectl create job --from` does. */
export async function runCronJobs(client: KubeClient, items: readonly Item[]): Promise<number> {
  const cronJobs = ofKind<KubeObject<CronJobSpec>>(items, 'CronJob').filter(({ spec }) => !spec?.suspend);
  const live = await pooled(8, cronJobs, (cronJob) => client.get<KubeObject<CronJobSpec>>(cronJob));
  await pooled(8, live, ({ apiVersion, kind, metadata: { name, namespace, uid = '' }, spec }) => {
    const template = spec?.jobTemplate;
    const annotations = { ...template?.metadata?.annotations, 'cronjob.kubernetes.io/instantiate': 'manual' };
    const ownerReferences = [{ apiVersion, kind, name, uid, controller: true }];
    const metadata = {
      name: otherName(name),
      namespace,
      labels: template?.metadata?.labels,
      annotations,
      ownerReferences,
    };
    return client.create({ apiVersion: 'batch/v1', kind: 'Job', metadata, spec: template?.spec });
  });
  return live.length;
}

/** Runs every Job of the output once more under another name, as the next release's migration would run. */
export async function repeatJobs(client: KubeClient, items: readonly Item[]): Promise<number> {
  const jobs = ofKind(items, 'Job');
  await pooled(8, jobs, ({ metadata: { name, ...metadata }, ...job }) =>
    client.create({ ...job, metadata: { ...metadata, name: otherName(name) } }),
  );
  return jobs.length;
}

/** Another name of at most 63 characters that starts alike. */
function otherName(name: string): string {
  return `${name.slice(0, 50)}-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
}
