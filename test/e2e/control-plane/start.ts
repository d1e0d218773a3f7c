import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { KubeClient } from '../client';
import { type Endpoint, Http } from '../http';
import { eventually } from '../wait';
import { type Binaries, binaries } from './build';
import { nodes, storageClass } from './nodes';
import { Processes } from './processes';
import { stages } from './stages';

/** A running control plane on loopback: real admission, real controllers, fake nodes. */
export interface ControlPlane {
  readonly client: KubeClient;
  /** For a look with kubectl while a test is held. */
  readonly kubeconfig: string;
  stop(): Promise<void>;
}

/** What `beforeAll` must allow for: the first run on a machine builds everything. */
export const START_LIMIT = 30 * 60_000;

/** Starts etcd, the API server, the controllers, the scheduler and KWOK with fake nodes in three zones. */
export async function startControlPlane(options: { readonly nodes?: number } = {}): Promise<ControlPlane> {
  const found = await binaries();
  const processes = new Processes();
  try {
    const endpoint = await startApi(processes, found);
    const kubeconfig = startControllers(processes, found, endpoint);
    const client = new KubeClient(endpoint);
    await client.discover();
    for (const object of [storageClass('standard', true), ...nodes(options.nodes ?? 6)]) await client.create(object);
    const late = await eventually(30, async () => {
      const ready = (await client.list<{ taints?: unknown[] }>('v1', 'Node')).filter((node) => !node.spec?.taints);
      return ready.length === (options.nodes ?? 6) ? [] : [`${ready.length} fake nodes are ready`];
    });
    if (late.length > 0) throw new Error(`KWOK: ${late.join()}\n${processes.tail('kwok')}`);
    return { client, kubeconfig, stop: () => stop(client, processes) };
  } catch (error) {
    await processes.stop();
    throw error;
  }
}

async function stop(client: KubeClient, processes: Processes): Promise<void> {
  client.close();
  await processes.stop();
}

async function startApi(processes: Processes, found: Binaries): Promise<Endpoint> {
  const [clientPort, peerPort, apiPort] = (await freePorts(3)) as [number, number, number];
  const etcd = `http://127.0.0.1:${clientPort}`;
  const peer = `http://127.0.0.1:${peerPort}`;
  processes.start('etcd', found.etcd, [
    '--data-dir=etcd',
    '--unsafe-no-fsync',
    '--quota-backend-bytes=8589934592',
    `--listen-client-urls=${etcd}`,
    `--advertise-client-urls=${etcd}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
  ]);
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const token = randomBytes(16).toString('hex');
  const secret = { mode: 0o600 };
  writeFileSync(join(processes.folder, 'sa.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
  writeFileSync(join(processes.folder, 'sa.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }), secret);
  writeFileSync(join(processes.folder, 'tokens.csv'), `${token},admin,admin,"system:masters"\n`, secret);
  processes.start('kube-apiserver', found.apiserver, [
    `--etcd-servers=${etcd}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${apiPort}`,
    '--cert-dir=certs',
    '--token-auth-file=tokens.csv',
    '--authorization-mode=Node,RBAC',
    '--service-account-issuer=https://kubernetes.default.svc',
    '--service-account-key-file=sa.pub',
    '--service-account-signing-key-file=sa.key',
    '--service-cluster-ip-range=10.96.0.0/12',
    // On by default save the last; named because the promises rest on them.
    '--enable-admission-plugins=ResourceQuota,LimitRanger,PodSecurity,ServiceAccount,Priority,NodeRestriction',
    // Debian's etcd can't stream lists; clients that are promised it retry for many seconds before they fall back.
    '--feature-gates=WatchList=false',
    '--max-requests-inflight=2000',
    '--max-mutating-requests-inflight=1000',
  ]);
  return ready(processes, `https://127.0.0.1:${apiPort}`, token);
}

/** Waits until the API server has made its certificate and says that it is ready. */
async function ready(processes: Processes, url: string, token: string): Promise<Endpoint> {
  const certificate = join(processes.folder, 'certs', 'apiserver.crt');
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(100)) {
    const [dead] = processes.ended();
    if (dead !== undefined) throw new Error(`${dead} does not start:\n${processes.tail(dead)}`);
    if (!existsSync(certificate)) continue;
    const endpoint = { url, token, ca: readFileSync(certificate, 'utf8') };
    const http = new Http(endpoint);
    const answer = await http.send('GET', '/readyz').catch(() => undefined);
    http.close();
    if (answer?.status === 200) return endpoint;
  }
  throw new Error(`kube-apiserver is not ready after a minute:\n${processes.tail('kube-apiserver')}`);
}

function startControllers(processes: Processes, found: Binaries, endpoint: Endpoint): string {
  const kubeconfig = join(processes.folder, 'kubeconfig');
  const cluster = { server: endpoint.url, 'certificate-authority': 'certs/apiserver.crt' };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'e2e', cluster }],
    users: [{ name: 'admin', user: { token: endpoint.token } }],
    contexts: [{ name: 'e2e', context: { cluster: 'e2e', user: 'admin' } }],
    'current-context': 'e2e',
  };
  writeFileSync(kubeconfig, JSON.stringify(config), { mode: 0o600 });
  writeFileSync(join(processes.folder, 'stages.yaml'), stages(found.stages));
  // Without a higher rate the controllers are throttled on the client's side, and a burst of pods takes minutes.
  const common = ['--kubeconfig=kubeconfig', '--leader-elect=false', '--kube-api-qps=500', '--kube-api-burst=1000'];
  processes.start('kube-controller-manager', found.controllerManager, [
    ...common,
    '--secure-port=0',
    '--controllers=*,-node-ipam-controller,-node-route-controller,-service-lb-controller',
    '--service-account-private-key-file=sa.key',
    '--root-ca-file=certs/apiserver.crt',
    '--horizontal-pod-autoscaler-sync-period=5s',
    '--concurrent-resource-quota-syncs=20',
  ]);
  processes.start('kube-scheduler', found.scheduler, [...common, '--secure-port=0']);
  processes.start('kwok', found.kwok, [
    '--kubeconfig=kubeconfig',
    '--config=stages.yaml',
    '--manage-all-nodes=true',
    // Without leases the nodes are lost after 50 seconds, and their pods are marked unready for good.
    '--node-lease-duration-seconds=40',
  ]);
  return kubeconfig;
}

/** Ports that nobody listens on now; held open together so that no two are the same. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.once('listening', resolve))));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
