import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Processes } from '../control-plane/processes';
import { eventually } from '../wait';
import { type Ended, execute } from './pods';
import type { Tools } from './tools';

/** A real MinIO, and what the stacks declare on it. Stands in for the provider aminueza/minio by MinIO's own client. */
export class Storage {
  private constructor(
    private readonly processes: Processes,
    private readonly client: string,
    readonly port: number,
  ) {}

  static async start(processes: Processes, { minio, mc }: Tools): Promise<Storage> {
    const port = await freePort();
    const data = join(processes.folder, 'storage');
    mkdirSync(data);
    const address = ['--address', `127.0.0.1:${port}`, '--console-address', `127.0.0.1:${await freePort()}`];
    const env = [`MINIO_ROOT_USER=${ROOT.user}`, `MINIO_ROOT_PASSWORD=${ROOT.secret}`, 'MINIO_UPDATE=off'];
    processes.start('minio', 'env', [...env, minio, 'server', '--quiet', ...address, data]);
    const problems = await eventually(60, async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/minio/health/ready`).catch(() => null);
      return answer?.ok === true ? [] : [`MinIO does not answer:\n${processes.tail('minio')}`];
    });
    if (problems.length > 0) throw new Error(problems.join('\n'));
    return new Storage(processes, mc, port);
  }

  /** Makes what a stack declares; `secret` tells the key of a user. */
  async apply({ resource = {} }: StorageStack, secret: (user: string) => string): Promise<void> {
    for (const [type, apply] of Object.entries(KINDS)) {
      for (const given of Object.values(resource[type] ?? {})) {
        const value = (name: string) => evaluated(String(given[name]), resource);
        for (const args of apply({ given, value, secret, file: (text) => this.file(text) })) await this.done(...args);
      }
    }
    const others = Object.keys(resource).filter((type) => type.startsWith('minio_') && !(type in KINDS));
    if (others.length > 0) throw new Error(`no stand-in for ${others.join(', ')}`);
  }

  /** A user who may do everything with objects, as whoever removes old snapshots. */
  async maintainer(user: string, key: string): Promise<void> {
    await this.done('admin', 'user', 'add', ALIAS, user, key);
    await this.done('admin', 'policy', 'attach', ALIAS, 'readwrite', '--user', user);
  }

  /** Runs MinIO's client as its administrator, or as somebody else. */
  mc(args: readonly string[], { user, secret }: Key = ROOT): Promise<Ended> {
    const env = {
      [`MC_HOST_${ALIAS}`]: `http://${user}:${secret}@127.0.0.1:${this.port}`,
      HOME: this.processes.folder,
    };
    return execute('mc', [this.client, '--json', '--quiet', ...args], env);
  }

  /** Keys of the objects of a bucket below a prefix, once for each version. */
  async versions(place: string): Promise<{ readonly key: string; readonly isDeleteMarker: boolean }[]> {
    const { stdout } = await this.done('ls', '--recursive', '--versions', `${ALIAS}/${place}`);
    const lines = stdout.toString().split('\n');
    return lines.flatMap((line) => {
      if (line === '') return [];
      const { key, isDeleteMarker = false } = JSON.parse(line) as { key: string; isDeleteMarker?: boolean };
      return [{ key, isDeleteMarker }];
    });
  }

  private async done(...args: string[]): Promise<Ended> {
    const ended = await this.mc(args);
    if (ended.code !== 0) throw new Error(`mc ${args.slice(0, 3).join(' ')}: ${ended.stdout}${ended.stderr}`);
    return ended;
  }

  private file(text: string): string {
    const file = join(this.processes.folder, 'policy.json');
    writeFileSync(file, text);
    return file;
  }
}

/** What the client calls this server. */
export const ALIAS = 'local';

export interface Key {
  readonly user: string;
  readonly secret: string;
}

export interface StorageStack {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
}

// --- internal ---

const ROOT: Key = { user: 'root-of-storage', secret: 'root-of-storage-secret' };

interface Resource {
  readonly given: Readonly<Record<string, unknown>>;
  /** An argument as text, with references resolved. */
  readonly value: (name: string) => string;
  readonly secret: (user: string) => string;
  readonly file: (text: string) => string;
}

/** Commands of the client for each kind of resource, in the order that they need. */
const KINDS: Readonly<Record<string, (resource: Resource) => string[][]>> = {
  minio_s3_bucket: ({ given, value }) => [
    ['mb', ...(given.object_locking === true ? ['--with-lock'] : []), `${ALIAS}/${value('bucket')}`],
  ],
  minio_s3_bucket_versioning: ({ value }) => [['version', 'enable', `${ALIAS}/${value('bucket')}`]],
  minio_ilm_policy: ({ given, value }) => {
    const [rule] = given.rule as { noncurrent_expiration: { days: string }[] }[];
    const days = String(rule?.noncurrent_expiration[0]?.days).replace(/d$/, '');
    const limits = ['--noncurrent-expire-days', days, '--expire-delete-marker'];
    return [['ilm', 'rule', 'add', ...limits, `${ALIAS}/${value('bucket')}`]];
  },
  minio_s3_bucket_object_lock_configuration: ({ given, value }) => {
    const [rule] = given.rule as { default_retention: { mode: string; days: number }[] }[];
    const { mode, days } = rule?.default_retention[0] ?? { mode: '', days: 0 };
    return [['retention', 'set', '--default', mode, `${days}d`, `${ALIAS}/${value('bucket')}`]];
  },
  minio_iam_policy: ({ value, file }) => [['admin', 'policy', 'create', ALIAS, value('name'), file(value('policy'))]],
  minio_iam_user: ({ value, secret }) => [['admin', 'user', 'add', ALIAS, value('name'), secret(value('name'))]],
  minio_iam_user_policy_attachment: ({ value }) => [
    ['admin', 'policy', 'attach', ALIAS, value('policy_name'), '--user', value('user_name')],
  ],
};

/** References to other resources of the stack, and Terraform's escapes. */
function evaluated(text: string, resource: NonNullable<StorageStack['resource']>): string {
  const [, type = '', name = '', attribute = ''] = /^\$\{([\w-]+)\.([\w-]+)\.(\w+)\}$/.exec(text) ?? [];
  if (type !== '') return evaluated(String(resource[type]?.[name]?.[attribute]), resource);
  return text.replace(/([$%])\1\{/g, '$1{');
}

async function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.on('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
