import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { cut, LIMITS } from '../model/names';
import type { ResolvedJob, Space } from '../model/resolved';
import { serviceAccount } from './account';
import { digest } from './digest';
import { CHECKSUM_ANNOTATION, checksum, filesConfigMap, fileVolumes } from './environment';
import { metadata } from './metadata';
import { podTemplate } from './pod';

export interface RolloutJobProps {
  readonly space: Space;
  readonly job: ResolvedJob;
}

/**
 * A job that must succeed before a rollout goes on, such as a migration. Argo CD runs it in every sync, kubectl
 * whenever it changed; it has to be harmless when there is nothing to do.
 *
 * A suspended space has none: what it would prepare doesn't run, and the namespace has no pods but the backup's and
 * its own servers'. The sync that ends the suspension runs it before the workloads.
 */
export class RolloutJob extends Construct {
  readonly account: k8s.KubeServiceAccount | null = null;
  readonly files: k8s.KubeConfigMap | null = null;
  readonly job: k8s.KubeJob | null = null;

  constructor(scope: Construct, id: string, { space, job }: RolloutJobProps) {
    super(scope, id);
    if (space.suspended) return;
    this.account = job.service.identity === null ? serviceAccount(this, space, job.name) : null;
    this.files = filesConfigMap(this, space, job.name, job.service);
    const spec = jobSpec(space, job);
    this.job = new k8s.KubeJob(this, 'job', {
      metadata: metadata(space, jobName(job, spec), { wave: 'job', component: job.name, annotations: HOOK }),
      spec,
    });
  }
}

// --- internal ---

/**
 * As a hook it is nothing that Argo CD would have to prune: one that succeeded goes at once, one that failed stays to be
 * read and goes before the next of its name. One that failed under an older name goes with its time to live.
 */
const HOOK = {
  'argocd.argoproj.io/hook': 'Sync',
  'argocd.argoproj.io/hook-delete-policy': 'HookSucceeded,BeforeHookCreation',
};

const DIGEST_LENGTH = 10;
const DAY_SECONDS = 86_400;

/** Jobs never change, so that another spec is another Job: its name carries a digest of the whole spec. */
function jobName({ name }: ResolvedJob, spec: k8s.JobSpec): string {
  return `${cut(name, LIMITS.job - DIGEST_LENGTH - 1)}-${digest(spec, DIGEST_LENGTH)}`;
}

/**
 * One deadline twice: on the Job it bounds all attempts together, on the pod it makes the pod count against the quota of
 * jobs, so that services at their limit never keep a migration from running. Volumes of the service are not mounted,
 * since the pods that run hold them.
 */
function jobSpec(space: Space, { name, service, deadlineSeconds }: ResolvedJob): k8s.JobSpec {
  const files = fileVolumes(name, service);
  const { image, command, args, env, resources } = service;
  return {
    backoffLimit: 2,
    activeDeadlineSeconds: deadlineSeconds,
    ttlSecondsAfterFinished: DAY_SECONDS,
    template: podTemplate(space, {
      component: name,
      containers: [{ name, image, command, args, env, resources, mounts: files.mounts }],
      volumes: files.volumes,
      scratch: service.scratch,
      user: service.user,
      stopSeconds: service.stopSeconds,
      restartPolicy: 'Never',
      deadlineSeconds,
      serviceAccount: service.identity ?? name,
      token: service.identity !== null,
      annotations: { [CHECKSUM_ANNOTATION]: checksum(service) },
    }),
  };
}
