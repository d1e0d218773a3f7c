import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { NamedValue, ResolvedService, Space } from '../model/resolved';
import type { Parts } from '../model/values';
import { isSecret, plainText } from '../model/values';
import { digest } from './digest';
import { metadata } from './metadata';

/**
 * How values reach a container. What holds no secret stands in the manifest: environment as `value`, files in a ConfigMap.
 * What holds one is assembled where the secret arrives and only referred to: one Secret a workload, a key for each
 * variable and file.
 */

/** What a workload is configured with; a service and a job's service are. */
export type Configuration = Pick<ResolvedService, 'env' | 'files'>;

/** A key of a workload's Secret and what it is assembled from. */
export interface SecretEntry {
  readonly key: string;
  readonly parts: Parts;
}

/** Bears the digest of what reaches pods by reference, so that they are replaced when it changes. */
export const CHECKSUM_ANNOTATION = 'tenantry.dev/checksum';

/** Name of the Secret, and of the ExternalSecret that makes it, with a workload's secret variables and files. */
export function secretsName(workload: string): string {
  return `${workload}-secrets`;
}

/** Name of the ConfigMap with a workload's files without secrets. */
export function filesName(workload: string): string {
  return `${workload}-files`;
}

/**
 * Protects a text from Kubernetes' `$(VAR)` expansion, which env values, commands, arguments and probe commands go
 * through. `$$` is the escape and is itself shortened wherever it stands, so a run of dollar signs doubles as a whole:
 * a mere `$(` to `$$(` would turn `$$(VAR)` into `$` and the value of VAR. Before a character beyond ASCII it doubles
 * too, since kubelets of some versions copied only the first byte of what follows a single one.
 */
export function literal(text: string): string {
  return text.replace(/\$\$+|\$(?=[(\u0080-\uffff])/g, (dollars) => dollars + dollars);
}

/** The arguments of a process; secrets are refused, since a command line is no place for them. */
export function commandLine(values: readonly Parts[]): string[] {
  return values.map((parts) => literal(plainText(parts)));
}

/** The environment of a container. */
export function containerEnv(workload: string, env: readonly NamedValue[]): k8s.EnvVar[] {
  const name = secretsName(workload);
  return env.map((variable) =>
    isSecret(variable.parts)
      ? { name: variable.name, valueFrom: { secretKeyRef: { name, key: variable.name } } }
      : { name: variable.name, value: literal(plainText(variable.parts)) },
  );
}

/** Everything that a workload's Secret must hold; empty where it needs none. */
export function secretEntries(configuration: Configuration): SecretEntry[] {
  const variables = configuration.env.map(({ name, parts }) => ({ key: name, parts }));
  const files = fileEntries(configuration).map(({ key, parts }) => ({ key, parts }));
  return [...variables, ...files].filter(({ parts }) => isSecret(parts));
}

/** The ConfigMap of a workload's files without secrets; null where there are none. */
export function filesConfigMap(scope: Construct, space: Space, workload: string, configuration: Configuration) {
  const plain = fileEntries(configuration).filter(({ parts }) => !isSecret(parts));
  if (plain.length === 0) return null;
  return new k8s.KubeConfigMap(scope, 'files', {
    metadata: metadata(space, filesName(workload), { wave: 'secret', component: workload }),
    data: Object.fromEntries(plain.map(({ key, parts }) => [key, plainText(parts)])),
  });
}

/** Volumes and mounts that put each file at its path, beside what the image has in that folder. */
export function fileVolumes(workload: string, configuration: Configuration) {
  const entries = fileEntries(configuration);
  const secrets = entries.filter(({ parts }) => isSecret(parts));
  const volumes: k8s.Volume[] = [];
  if (secrets.length < entries.length) {
    volumes.push({ name: PLAIN, configMap: { name: filesName(workload), defaultMode: 0o444 } });
  }
  if (secrets.length > 0) {
    const items = secrets.map(({ key }) => ({ key, path: key }));
    volumes.push({ name: SECRET, secret: { secretName: secretsName(workload), items, defaultMode: 0o440 } });
  }
  const mounts: k8s.VolumeMount[] = entries.map(({ key, path, parts }) => ({
    name: isSecret(parts) ? SECRET : PLAIN,
    mountPath: path,
    subPath: key,
    readOnly: true,
  }));
  return { volumes, mounts };
}

/**
 * The digest of what reaches the pods by reference: files, and secret variables with the paths and keys that they are
 * read from and the text around them. Neither variables nor files mounted by `subPath` change in a pod that runs.
 * A rotated secret keeps its path; rolling the pods then is the rotation's business.
 */
export function checksum({ env, files }: Configuration): string {
  return digest({ env: env.filter(({ parts }) => isSecret(parts)), files }, 16);
}

// --- internal ---

const PLAIN = 'files';
const SECRET = 'secret-files';

function fileEntries({ files }: Configuration) {
  return files.map(({ name, parts }, index) => ({ key: `file.${index}`, path: name, parts }));
}
