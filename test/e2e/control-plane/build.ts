import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { cached, go, requireGo, say } from './cache';

/** The binaries of a control plane and the stages that tell KWOK how fake pods, nodes and volumes live. */
export interface Binaries {
  readonly etcd: string;
  readonly apiserver: string;
  readonly controllerManager: string;
  readonly scheduler: string;
  readonly kwok: string;
  readonly stages: readonly string[];
}

const KUBERNETES = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const;
const STAGES = [
  'node/fast/node-initialize.yaml',
  'node/heartbeat-with-lease/node-heartbeat-with-lease.yaml',
  'pod/fast/pod-ready.yaml',
  'pod/fast/pod-complete.yaml',
  'pod/fast/pod-delete.yaml',
  'volume/fast/pv-bind.yaml',
  'volume/fast/pv-delete.yaml',
  'volume/fast/pvc-provision.yaml',
  'volume/fast/pvc-delete.yaml',
] as const;

/** Finds every binary, or builds it from its Go module: about six minutes once on two cores, then cached. */
export async function binaries(): Promise<Binaries> {
  const etcd = find('etcd');
  if (etcd === undefined) throw new Error('the end-to-end suite needs etcd: apt-get install etcd-server');
  const assets = KUBERNETES.map(fromAssets);
  const [apiserver, controllerManager, scheduler] = assets.every(given) ? assets : await kubernetes();
  const simulator = await kwok();
  return {
    etcd,
    apiserver: apiserver as string,
    controllerManager: controllerManager as string,
    scheduler: scheduler as string,
    kwok: fromAssets('kwok') ?? join(simulator, 'kwok'),
    stages: STAGES.map((stage) => join(simulator, basename(stage))),
  };
}

async function kubernetes(): Promise<string[]> {
  const module = join(__dirname, 'kubernetes');
  const version = required(module, 'k8s.io/kubernetes');
  const [, major, minor] = /^v(\d+)\.(\d+)/.exec(version) ?? [];
  // Without these the API server calls itself v0.0.0, and Pod Security can't tell which version it enforces.
  const version1 = 'k8s.io/component-base/version';
  const stamps = { gitVersion: version, gitMajor: major, gitMinor: minor };
  const flags = Object.entries(stamps).map(([name, value]) => `-X ${version1}.${name}=${value}`);
  const folder = await cached('kubernetes', [goSum(module), ...flags], async (draft) => {
    await requireGo();
    say(`building Kubernetes ${version} from its Go module: about five minutes, once`);
    await build(module, draft, flags);
  });
  return KUBERNETES.map((name) => join(folder, name));
}

/** KWOK itself, with the stages that its module ships beside it. */
async function kwok(): Promise<string> {
  const module = join(__dirname, 'kwok');
  return cached('kwok', [goSum(module), ...STAGES], async (draft) => {
    await requireGo();
    say(`building KWOK ${required(module, 'sigs.k8s.io/kwok')} from its Go module: about a minute, once`);
    await build(module, draft, []);
    const source = (await go(['list', '-m', '-f', '{{.Dir}}', 'sigs.k8s.io/kwok'], module)).trim();
    for (const stage of STAGES) copyFileSync(join(source, 'kustomize/stage', stage), join(draft, basename(stage)));
  });
}

async function build(module: string, folder: string, flags: readonly string[]): Promise<void> {
  const ldflags = ['-s', '-w', ...flags].join(' ');
  // `tool` stands for all that the go.mod names in its tool directive. Readonly: go.sum decides what is built.
  const env = { CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOWORK: 'off' };
  await go(['build', '-trimpath', '-buildvcs=false', `-ldflags=${ldflags}`, '-o', `${folder}/`, 'tool'], module, env);
}

function goSum(module: string): string {
  return readFileSync(join(module, 'go.sum'), 'utf8');
}

function required(module: string, path: string): string {
  const version = new RegExp(`${path} (v[^\\s]+)`).exec(readFileSync(join(module, 'go.mod'), 'utf8'))?.[1];
  if (version === undefined) throw new Error(`${join(module, 'go.mod')}: does not require ${path}`);
  return version;
}

function given(path: string | undefined): path is string {
  return path !== undefined;
}

/** Where KUBEBUILDER_ASSETS names a folder with a control plane (as envtest's users have one), it is used. */
function fromAssets(name: string): string | undefined {
  const folder = process.env.KUBEBUILDER_ASSETS;
  const path = folder === undefined ? undefined : join(folder, name);
  return path !== undefined && existsSync(path) ? path : undefined;
}

function find(name: string): string | undefined {
  const asset = fromAssets(name);
  if (asset !== undefined) return asset;
  try {
    return execFileSync('sh', ['-c', 'command -v "$1"', 'sh', name], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}
