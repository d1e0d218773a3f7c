import { k8s } from 'cdk8s-plus-27';
import { cpu, memory } from '../model/quantities';
import type { Amounts, ContainerResources, NamedValue, ResolvedService } from '../model/resolved';
import type { Probe } from '../model/service-schema';
import type { Parts } from '../model/values';
import { commandLine, containerEnv, literal } from './environment';

/** The one hardened container; `podTemplate` is its only caller. */

/** What a container says about itself; all that concerns security is not up to it. */
export interface ContainerOptions {
  readonly name: string;
  readonly image: string;
  /** The image's own unless given. */
  readonly command?: readonly Parts[];
  readonly args?: readonly Parts[];
  /** Values for this workload; secret ones come from its Secret. */
  readonly env?: readonly NamedValue[];
  /** Variables that are no values of the model, written after `env`. */
  readonly extraEnv?: readonly k8s.EnvVar[];
  /** Ports by name, each number once. */
  readonly ports?: readonly (readonly [name: string, port: number])[];
  readonly probes?: ResolvedService['probes'];
  /** Port of HTTP probes that name none. */
  readonly probePort?: number | null;
  readonly resources: ContainerResources;
  readonly mounts?: readonly k8s.VolumeMount[];
}

/**
 * A container as Pod Security's `restricted` wants it, with a root file system that can't be written.
 *
 * The pull policy is `Always`, for tags since they move, and for digests too: nodes are shared, and without it any
 * pod could start from an image that another tenant's credentials put on the node. Layers that are there are not
 * fetched again; the price is that no pod starts while the registry is away.
 */
export function container(workload: string, scratch: readonly k8s.VolumeMount[], options: ContainerOptions) {
  const { probes, probePort } = options;
  const props: k8s.Container = {
    name: options.name,
    image: options.image,
    imagePullPolicy: 'Always',
    command: filled(commandLine(options.command ?? [])),
    args: filled(commandLine(options.args ?? [])),
    env: filled([...containerEnv(workload, options.env ?? []), ...(options.extraEnv ?? [])]),
    ports: filled((options.ports ?? []).map(([name, containerPort]) => ({ name, containerPort }))),
    readinessProbe: toProbe(probes?.readiness, probePort),
    livenessProbe: toProbe(probes?.liveness, probePort),
    startupProbe: toProbe(probes?.startup, probePort),
    resources: { requests: quantities(options.resources.requests), limits: quantities(options.resources.limits) },
    volumeMounts: filled([...scratch, ...(options.mounts ?? [])]),
    securityContext: SECURITY,
  };
  return props;
}

/** Amounts as the quantities of requests, limits and ranges. */
export function quantities(amounts: Amounts): Record<string, k8s.Quantity> {
  return {
    cpu: k8s.Quantity.fromString(cpu(amounts.cpu)),
    memory: k8s.Quantity.fromString(memory(amounts.memoryMiB)),
    'ephemeral-storage': k8s.Quantity.fromString(memory(amounts.ephemeralMiB)),
  };
}

// --- internal ---

const SECURITY: k8s.SecurityContext = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  readOnlyRootFilesystem: true,
};

/** Lists without entries are left out. */
function filled<T>(list: T[]): T[] | undefined {
  return list.length === 0 ? undefined : list;
}

function toProbe(probe: Probe | null | undefined, mainPort: number | null | undefined): k8s.Probe | undefined {
  if (probe === null || probe === undefined) return undefined;
  const { periodSeconds, timeoutSeconds, failures: failureThreshold } = probe;
  return { ...probeAction(probe, mainPort ?? null), periodSeconds, timeoutSeconds, failureThreshold };
}

function probeAction(probe: Probe, mainPort: number | null): k8s.Probe {
  if ('command' in probe) return { exec: { command: probe.command.map(literal) } };
  if ('tcp' in probe) return { tcpSocket: { port: k8s.IntOrString.fromNumber(probe.tcp) } };
  const port = probe.port ?? mainPort;
  if (port === null) throw new Error(`the HTTP probe of ${probe.http} has no port, and neither has the service`);
  return { httpGet: { path: probe.http, port: k8s.IntOrString.fromNumber(port) } };
}
