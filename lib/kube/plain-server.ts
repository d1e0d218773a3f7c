import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { ownServerResources } from '../model/capacity';
import type { OwnServer } from '../model/offer';
import { storage } from '../model/quantities';
import type { NamedValue, ResolvedService, Space } from '../model/resolved';
import { serviceAccount } from './account';
import { digest } from './digest';
import { CHECKSUM_ANNOTATION, filesName, secretEntries } from './environment';
import { metadata, selectorLabels } from './metadata';
import { podTemplate } from './pod';
import { WorkloadSecrets } from './secrets';

/** How a server without an operator is run. */
export interface PlainServerOptions {
  readonly command: readonly string[];
  readonly args?: readonly string[];
  readonly env: readonly NamedValue[];
  /** Runs before every start of the server, in the same image; no variable of the server is called like one of its own. */
  readonly prepare?: { readonly command: readonly string[]; readonly env: readonly NamedValue[] };
  /** Constant files by name, in the folder {@link FILES}; one called `passwd` is in `/etc` too. */
  readonly files?: Readonly<Record<string, string>>;
  readonly probes: ResolvedService['probes'];
  readonly stopSeconds: number;
}

export interface PlainServerProps extends PlainServerOptions {
  readonly space: Space;
  readonly own: OwnServer;
}

/** Where the volume of a server is. */
export const DATA = '/data';

/** Where its files are. */
export const FILES = '/server';

/**
 * One pod with a volume of its own, found by a Service of its name. The volume is a claim beside the StatefulSet and not a
 * template in it, which Kubernetes never lets change: it could not grow.
 */
export class PlainServer extends Construct {
  readonly account: k8s.KubeServiceAccount;
  readonly service: k8s.KubeService;
  readonly secrets: WorkloadSecrets;
  /** Null where there are no files. */
  readonly files: k8s.KubeConfigMap | null;
  /** Null for a server that keeps nothing. */
  readonly claim: k8s.KubePersistentVolumeClaim | null;
  readonly statefulSet: k8s.KubeStatefulSet;

  constructor(scope: Construct, id: string, props: PlainServerProps) {
    super(scope, id);
    const { space, own, env, prepare, files = {} } = props;
    const { name } = own;
    if (own.instances !== 1) throw new Error(`${name}: a server without an operator has one instance`);
    this.account = serviceAccount(this, space, name);
    this.service = headlessService(this, space, own);
    const entries = secretEntries({ env: [...env, ...(prepare?.env ?? [])], files: [] });
    this.secrets = new WorkloadSecrets(this, 'secrets', { space, workload: name, entries });
    this.files = Object.keys(files).length === 0 ? null : configMap(this, space, name, files);
    this.claim = own.storageGiB === 0 ? null : claim(this, space, own);
    this.statefulSet = statefulSet(this, space, props);
  }
}

// --- internal ---

const VOLUME = 'data';
const FILES_VOLUME = 'files';

/** Of the server's process, in every image: the owner of the volume. */
const USER = 10_001;

function headlessService(scope: Construct, space: Space, { name, port }: OwnServer): k8s.KubeService {
  return new k8s.KubeService(scope, 'service', {
    metadata: metadata(space, name, { wave: 'server', component: name }),
    spec: {
      clusterIp: 'None',
      selector: selectorLabels(space, name),
      ports: [{ name: 'server', port, targetPort: k8s.IntOrString.fromNumber(port), protocol: 'TCP' }],
    },
  });
}

function configMap(scope: Construct, space: Space, name: string, files: Readonly<Record<string, string>>) {
  return new k8s.KubeConfigMap(scope, 'files', {
    metadata: metadata(space, filesName(name), { wave: 'secret', component: name }),
    data: { ...files },
  });
}

/** In the wave of the pod: where volumes wait for their first consumer, nothing else would ever bind it. */
function claim(scope: Construct, space: Space, { name, storageGiB }: OwnServer): k8s.KubePersistentVolumeClaim {
  return new k8s.KubePersistentVolumeClaim(scope, 'claim', {
    metadata: metadata(space, claimName(name), { wave: 'server', component: name, confirm: true }),
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName: space.cluster.storageClass,
      resources: { requests: { storage: k8s.Quantity.fromString(storage(storageGiB)) } },
    },
  });
}

function statefulSet(scope: Construct, space: Space, props: PlainServerProps): k8s.KubeStatefulSet {
  const { name } = props.own;
  return new k8s.KubeStatefulSet(scope, 'stateful-set', {
    metadata: metadata(space, name, { wave: 'server', component: name, confirm: props.own.storageGiB > 0 }),
    spec: {
      // Suspended or not.
      replicas: 1,
      revisionHistoryLimit: 3,
      serviceName: name,
      selector: { matchLabels: selectorLabels(space, name) },
      template: pods(space, props),
    },
  });
}

function pods(space: Space, { own, env, files = {}, prepare, command, args, probes, stopSeconds }: PlainServerProps) {
  const { name, image, storageGiB, port } = own;
  const keeps = storageGiB > 0;
  const hasFiles = Object.keys(files).length > 0;
  const base = { image, env, resources: ownServerResources(own), mounts: mounts(keeps, files) };
  const first = prepare && { ...base, name: 'prepare', command: words(prepare.command), env: [...env, ...prepare.env] };
  return podTemplate(space, {
    component: name,
    initContainers: first === undefined ? [] : [first],
    containers: [
      { ...base, name, command: words(command), args: words(args ?? []), ports: [['server', port]], probes },
    ],
    volumes: [
      ...(keeps ? [{ name: VOLUME, persistentVolumeClaim: { claimName: claimName(name) } }] : []),
      ...(hasFiles ? [{ name: FILES_VOLUME, configMap: { name: filesName(name) } }] : []),
    ],
    scratch: keeps ? ['/tmp'] : ['/tmp', DATA],
    user: USER,
    stopSeconds,
    serviceAccount: name,
    annotations: { [CHECKSUM_ANNOTATION]: digest({ env, prepare: prepare ?? null, files }, 16) },
  });
}

function mounts(keeps: boolean, files: Readonly<Record<string, string>>): k8s.VolumeMount[] {
  const made: k8s.VolumeMount[] = keeps ? [{ name: VOLUME, mountPath: DATA }] : [];
  if (Object.keys(files).length > 0) made.push({ name: FILES_VOLUME, mountPath: FILES, readOnly: true });
  if ('passwd' in files) {
    made.push({ name: FILES_VOLUME, mountPath: '/etc/passwd', subPath: 'passwd', readOnly: true });
  }
  return made;
}

function claimName(name: string): string {
  return `${name}-data`;
}

function words(line: readonly string[]): string[][] {
  return line.map((word) => [word]);
}
