import type {
  IPodMetricsEndpoint,
  IPodMonitorSpec,
  IProbeSpec,
  IRelabelConfig,
} from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { ResolvedService, Space, Tenant } from '../model/resolved';
import { metadata } from './metadata';
import { namedPorts } from './workload';

export interface MonitoringProps {
  readonly space: Space | Tenant;
}

/**
 * Has the Prometheus Operator scrape the services of a space that have metrics, and ask its hosts whether they are well. Every series
 * says whose it is: by labels that are written here and that no application can write over. Bounds keep one tenant from filling
 * everybody's Prometheus.
 */
export class Monitoring extends Construct {
  /** Null where nothing has metrics, or nobody scrapes. */
  readonly podMonitor: ApiObject | null;
  /** Null where nobody probes, or there is no host, or a notice answers in place of the services. */
  readonly probe: ApiObject | null;

  constructor(scope: Construct, id: string, { space }: MonitoringProps) {
    super(scope, id);
    const { monitoring } = space.cluster;
    const scraped = space.services.filter(({ metrics }) => metrics !== null);
    this.podMonitor =
      monitoring === null || scraped.length === 0 ? null : podMonitor(this, space, scraped, monitoring.monitorLabels);
    const urls = space.suspended ? [] : healthUrls(space);
    const prober = monitoring?.prober ?? null;
    this.probe =
      monitoring === null || prober === null || urls.length === 0
        ? null
        : probe(this, space, urls, prober, monitoring.monitorLabels);
  }
}

/**
 * A text as a relabelling's replacement that means nothing but itself. Prometheus takes `$` for a group and reads `$$` as
 * one; the operator's config reloader, before that, takes `$(NAME)` for an environment variable and refuses the whole
 * configuration where there is none. The empty group between the two characters hides them from it.
 */
export function replacement(text: string): string {
  return text.replace(/\$(\(?)/g, (_, bracket: string) => (bracket === '' ? '$$' : '$$${1}('));
}

// --- internal ---

/** Series of one scrape. A scrape with more is dropped as a whole, which `up` then shows. */
const SAMPLE_LIMIT = 10_000;
const LABEL_LIMIT = 64;

/**
 * Series that tell of the cluster, from which alerts are made (`alerts.ts`). An application that told another label of its namespace would
 * make each join ambiguous, and so silence the alerts of every tenant.
 */
const CLUSTERS_OWN = '(kube|kubelet|container|probe)_.+';

const NAME_LABEL = 'app.kubernetes.io/name';
const NAME_META = '__meta_kubernetes_pod_label_app_kubernetes_io_name';

function podMonitor(
  scope: Construct,
  space: Space | Tenant,
  services: readonly ResolvedService[],
  labels: Readonly<Record<string, string>>,
): ApiObject {
  const spec: IPodMonitorSpec = {
    selector: {
      matchLabels: { 'app.kubernetes.io/instance': space.id },
      matchExpressions: [{ key: NAME_LABEL, operator: 'In', values: services.map(({ name }) => name) }],
    },
    podMetricsEndpoints: services.map((service) => endpoint(space, service)),
    sampleLimit: SAMPLE_LIMIT,
    labelLimit: LABEL_LIMIT,
    // All targets are dropped at once where there are more, so that it must be as many as there may be.
    targetLimit: space.quota.pods,
  };
  return new ApiObject(scope, 'pod-monitor', {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PodMonitor',
    metadata: metadata(space, 'services', { wave: 'workload', labels }),
    spec,
  });
}

/** Each endpoint is looked for on all selected pods, and another service may have a port of the same name. */
function endpoint(space: Space | Tenant, service: ResolvedService): IPodMetricsEndpoint {
  const port = namedPorts(service).find(([, number]) => number === service.metrics?.port)?.[0];
  return {
    port,
    path: service.metrics?.path,
    scheme: 'http',
    honorLabels: false,
    relabelings: [{ action: 'keep', sourceLabels: [NAME_META], regex: service.name }, ...written(space.metricLabels)],
    metricRelabelings: [{ action: 'drop', sourceLabels: ['__name__'], regex: CLUSTERS_OWN }],
  };
}

/** Often enough for an alert after five minutes, whatever Prometheus does by default. */
const PROBE_INTERVAL = '60s';

/** Asks from outside, through everything that a visitor comes through. */
function probe(
  scope: Construct,
  space: Space | Tenant,
  urls: readonly string[],
  prober: string,
  labels: Readonly<Record<string, string>>,
): ApiObject {
  const spec: IProbeSpec = {
    prober: { url: prober },
    module: 'http_2xx',
    interval: PROBE_INTERVAL,
    targets: {
      staticConfig: {
        static: [...urls],
        // Not `labels`, where nothing hides a dollar from the operator's reloader.
        relabelingConfigs: written({ ...space.metricLabels, namespace: space.namespace }),
      },
    },
  };
  return new ApiObject(scope, 'probe', {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'Probe',
    metadata: metadata(space, 'hosts', { wave: 'route', disposable: true, labels }),
    spec,
  });
}

/** Each host once for each way to ask it. No wildcard has an address to ask. */
function healthUrls(space: Space | Tenant): string[] {
  const routes = [...space.routes, ...('sharedRoutes' in space ? space.sharedRoutes : [])];
  const urls = routes.flatMap(({ hosts, health }) =>
    hosts.filter(({ host }) => !host.startsWith('*.')).map(({ host }) => `https://${host}${health}`),
  );
  return [...new Set(urls)];
}

/** Labels as relabellings that write them over whatever was there. */
function written(labels: Readonly<Record<string, string>>): IRelabelConfig[] {
  return Object.entries(labels).map(([targetLabel, text]) => ({
    action: 'replace',
    targetLabel,
    replacement: replacement(text),
  }));
}
