import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { cut, LIMITS } from '../model/names';
import type { ResolvedJob, ResolvedScript, Space } from '../model/resolved';
import { serviceAccount } from './account';
import type { ContainerOptions } from './container';
import { digest } from './digest';
import {
  CHECKSUM_ANNOTATION,
  checksum,
  filesConfigMap,
  fileVolumes,
  type SecretEntry,
  secretEntries,
  secretsName,
} from './environment';
import { metadata } from './metadata';
import { podTemplate } from './pod';
import { output, sqlClient } from './sql-client';

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
 *
 * What a client runs after it, such as row-level security of the tables that it made, is the same pod's second step: the job has
 * succeeded when both have.
 */
export class RolloutJob extends Construct {
  readonly account: k8s.KubeServiceAccount | null = null;
  readonly files: k8s.KubeConfigMap | null = null;
  readonly script: k8s.KubeConfigMap | null = null;
  readonly job: k8s.KubeJob | null = null;

  constructor(scope: Construct, id: string, { space, job }: RolloutJobProps) {
    super(scope, id);
    if (space.suspended) return;
    this.account = job.service.identity === null ? serviceAccount(this, space, job.name) : null;
    this.files = filesConfigMap(this, space, job.name, job.service);
    this.script = job.script === null ? null : scriptConfigMap(this, space, job.name, job.script);
    const spec = jobSpec(space, job);
    this.job = new k8s.KubeJob(this, 'job', {
      metadata: metadata(space, jobName(job, spec), { wave: 'job', component: job.name, annotations: HOOK }),
      spec,
    });
  }
}

/** Everything that the Secret of a job must hold. */
export function jobSecretEntries({ service, script }: ResolvedJob): SecretEntry[] {
  const password = script === null ? [] : [{ key: SCRIPT_PASSWORD, parts: output(script.backing, 'password') }];
  return [...secretEntries(service), ...password];
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

/** No variable and no file has a key with a dot and this name. */
const SCRIPT_PASSWORD = 'script.password';
const SCRIPT = 'script';
const SCRIPT_FOLDER = '/script';

/** Jobs never change, so that another spec is another Job: its name carries a digest of all that it runs. */
function jobName({ name, script }: ResolvedJob, spec: k8s.JobSpec): string {
  const run = script === null ? spec : { spec, sql: script.sql };
  return `${cut(name, LIMITS.job - DIGEST_LENGTH - 1)}-${digest(run, DIGEST_LENGTH)}`;
}

function scriptConfigMap(scope: Construct, space: Space, job: string, { file, sql }: ResolvedScript) {
  return new k8s.KubeConfigMap(scope, 'script', {
    metadata: metadata(space, scriptName(job), { wave: 'secret', component: job }),
    data: { [file]: sql },
  });
}

function scriptName(job: string): string {
  return `${job}-script`;
}

/** As large as the job's own container, which runs before it: the pod takes no more than without it. */
function scriptContainer(job: ResolvedJob, { file, image, backing }: ResolvedScript): ContainerOptions {
  const { command, env, password } = sqlClient(backing, `${SCRIPT_FOLDER}/${file}`, { oneTransaction: false });
  const secretKeyRef = { name: secretsName(job.name), key: SCRIPT_PASSWORD };
  return {
    name: SCRIPT,
    image,
    command: command.map((word) => [word]),
    env: Object.entries(env).map(([name, value]) => ({ name, parts: [value] })),
    extraEnv: [{ name: password, valueFrom: { secretKeyRef } }],
    resources: job.service.resources,
    mounts: [{ name: SCRIPT, mountPath: SCRIPT_FOLDER, readOnly: true }],
  };
}

/**
 * One deadline twice: on the Job it bounds all attempts together, on the pod it makes the pod count against the quota of
 * jobs, so that services at their limit never keep a migration from running. Volumes of the service are not mounted,
 * since the pods that run hold them.
 */
function jobSpec(space: Space, job: ResolvedJob): k8s.JobSpec {
  const { name, service, deadlineSeconds, script } = job;
  const files = fileVolumes(name, service);
  const { image, command, args, env, resources } = service;
  // A service may be called as the step is.
  const own = { name: script !== null && name === SCRIPT ? `${name}-job` : name, image, command, args, env, resources };
  const first = { ...own, mounts: files.mounts };
  const scriptVolume = { name: SCRIPT, configMap: { name: scriptName(name), defaultMode: 0o444 } };
  return {
    backoffLimit: 2,
    activeDeadlineSeconds: deadlineSeconds,
    ttlSecondsAfterFinished: DAY_SECONDS,
    template: podTemplate(space, {
      component: name,
      ...(script === null ? {} : { initContainers: [first] }),
      containers: script === null ? [first] : [scriptContainer(job, script)],
      volumes: script === null ? files.volumes : [...files.volumes, scriptVolume],
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
