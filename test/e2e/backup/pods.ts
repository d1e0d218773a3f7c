import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { KubeObject } from '../objects';
import type { Tools } from './tools';

/**
 * Stands in for the kubelet and the External Secrets Operator: runs the containers of a manifest's CronJob as processes, one after the
 * other, with their own commands and environment and nothing else. Only paths of volumes are replaced by folders.
 */

export interface Container {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
  }[];
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

interface Source {
  readonly configMap?: { readonly name: string };
  readonly secret?: { readonly name: string };
}

interface PodSpec {
  readonly initContainers?: readonly Container[];
  readonly containers: readonly Container[];
  readonly volumes: readonly {
    readonly name: string;
    readonly emptyDir?: object;
    readonly projected?: { readonly sources: readonly Source[] };
  }[];
}

/** How a step, or another program, ended. */
export interface Ended {
  readonly name: string;
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

type Texts = Readonly<Record<string, string>>;

/** What is in the secret store; what was asked for once stays. */
export class Store {
  private readonly values = new Map<string, string>();

  set(path: string, key: string, value: string): void {
    this.values.set(`${path} ${key}`, value);
  }

  get(path: string, key: string): string {
    const known = this.values.get(`${path} ${key}`);
    if (known === undefined) throw new Error(`nobody wrote ${key} of ${path}`);
    return known;
  }
}

/** The objects of a namespace, as a cluster has them. */
export class Namespace {
  constructor(
    private readonly objects: readonly KubeObject[],
    private readonly store: Store,
    private readonly tools: Tools,
    private readonly folder: string,
  ) {}

  /** Runs the steps of a CronJob until one fails; `changed` replaces keys of Secrets. */
  async run(cronJob: string, changed: Texts = {}): Promise<Ended[]> {
    const pod = this.pod(cronJob);
    const volumes = new Map(pod.volumes.map((volume) => [volume.name, this.volume(volume, changed)]));
    const ended: Ended[] = [];
    for (const step of [...(pod.initContainers ?? []), ...pod.containers]) {
      ended.push(await this.step(step, volumes, changed));
      if (ended.at(-1)?.code !== 0) break;
    }
    return ended;
  }

  pod(cronJob: string): PodSpec {
    const { spec } = this.object('CronJob', cronJob);
    return (spec as { jobTemplate: { spec: { template: { spec: PodSpec } } } }).jobTemplate.spec.template.spec;
  }

  /** The environment that a step has. */
  environment(step: Container, changed: Texts = {}): Texts {
    const env: Record<string, string> = {};
    for (const { name, value, valueFrom } of step.env ?? []) {
      if (valueFrom === undefined) env[name] = expanded(value ?? '', env);
      else env[name] = required(this.secret(valueFrom.secretKeyRef.name, changed), valueFrom.secretKeyRef.key);
    }
    return env;
  }

  /** A program of the image with the environment of a step, as somebody who looks into its pod runs it. */
  async beside(step: Container, command: readonly string[], changed: Texts = {}): Promise<Ended> {
    const folder = mkdtempSync(join(this.folder, 'beside-'));
    const inside = { ...step, command, volumeMounts: step.volumeMounts.slice(0, 1) };
    return this.step(inside, new Map(inside.volumeMounts.map(({ name }) => [name, folder])), changed);
  }

  private step(step: Container, volumes: ReadonlyMap<string, string>, changed: Texts): Promise<Ended> {
    const env = this.environment(step, changed);
    const here = (text: string) => {
      const found = step.volumeMounts.find(({ mountPath }) => text === mountPath || text.startsWith(`${mountPath}/`));
      return found === undefined ? text : `${volumes.get(found.name)}${text.slice(found.mountPath.length)}`;
    };
    const mapped = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, here(value)]));
    const command = step.command.map((word) => here(expanded(word, env)));
    // The script of retention has the paths of its volumes as defaults.
    const paths = { FOLDER: here('/retention'), TMPDIR: here('/scratch') };
    return execute(step.name, command, { ...paths, ...mapped, PATH: programs(this.tools) });
  }

  private volume({ projected }: PodSpec['volumes'][number], changed: Texts): string {
    const folder = mkdtempSync(join(this.folder, 'volume-'));
    for (const { configMap, secret } of projected?.sources ?? []) {
      const files =
        configMap === undefined
          ? this.secret(secret?.name ?? '', changed)
          : ((this.object('ConfigMap', configMap.name) as { data?: Texts }).data ?? {});
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, name)), { recursive: true });
        writeFileSync(join(folder, name), text);
      }
    }
    return folder;
  }

  /** What the operator puts together from the entries that an ExternalSecret names. */
  private secret(name: string, changed: Texts): Texts {
    const { spec } = this.object('ExternalSecret', name) as {
      spec: {
        data: { secretKey: string; remoteRef: { key: string; property: string } }[];
        target?: { template?: { data: Texts } };
      };
    };
    const values = Object.fromEntries(
      spec.data.map(({ secretKey, remoteRef }) => [secretKey, this.store.get(remoteRef.key, remoteRef.property)]),
    );
    const template =
      spec.target?.template?.data ?? Object.fromEntries(Object.keys(values).map((key) => [key, `{{ .${key} }}`]));
    const filled = Object.entries(template).map(([key, text]) => {
      const variable = /^\{\{ \.(\w+) \}\}$/.exec(text)?.[1];
      if (variable === undefined) throw new Error(`${name}: no stand-in for the template ${text}`);
      return [key, changed[key] ?? required(values, variable)];
    });
    return Object.fromEntries(filled);
  }

  private object(kind: string, name: string): KubeObject & { readonly spec?: unknown } {
    const found = this.objects.find((object) => object.kind === kind && object.metadata.name === name);
    if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
    return found;
  }
}

/** Runs a program with this environment and no other; after a while it is ended with all that it started. */
export function execute(name: string, [file = '', ...args]: readonly string[], env: Texts): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const patience = setTimeout(() => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL'), 120_000);
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(patience);
      resolve({ name, code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() });
    });
  });
}

/** Where the image's programs are. */
export function programs({ restic, postgres }: Tools): string {
  return [dirname(restic), postgres, '/usr/local/bin', '/usr/bin', '/bin'].join(':');
}

// --- internal ---

/** As the kubelet does it (k8s.io/kubernetes/third_party/forked/golang/expansion). */
function expanded(text: string, env: Texts): string {
  return text.replace(/\$(?:\$|\(([^)]*)\))/g, (found, name: string | undefined) =>
    name === undefined ? '$' : (env[name] ?? found),
  );
}

function required(values: Texts, key: string): string {
  const value = values[key];
  if (value === undefined) throw new Error(`there is no key ${key}`);
  return value;
}
