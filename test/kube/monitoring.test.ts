import fc from 'fast-check';
import { Monitoring, replacement } from '../../lib/kube/monitoring';
import type { ResolvedRoute, Space, Tenant } from '../../lib/model/resolved';
import { canaries } from '../synth/canaries';
import { at, cluster, manifests, only, service, tenant as someTenant, web } from './fixture';
import { publishedProblems } from './published';

const LABELS = { product: 'nekotab', tenant: 'acme', tenant_id: 'acme', plan: 'standard' };
const MONITORING = {
  namespace: 'monitoring',
  podLabels: {},
  monitorLabels: { release: 'prometheus' },
  prober: 'blackbox.monitoring:9115',
};
const asked = { ...cluster, monitoring: MONITORING };

function route(health: string, ...hosts: readonly string[]): ResolvedRoute {
  return { name: 'web', health, hosts: hosts.map((host) => ({ host, kind: 'platform' })), paths: [] };
}

/** Without hosts unless it is given some. */
function tenant(overrides: Partial<Tenant> = {}): Tenant {
  return someTenant({ cluster: asked, metricLabels: LABELS, routes: [], sharedRoutes: [], ...overrides });
}

const render = (of: Space) => manifests((chart) => new Monitoring(chart, 'monitoring', { space: of }));
const spec = (of: Space) => only(render(of), 'PodMonitor').spec as Record<string, unknown>;

interface Relabeling {
  readonly action: string;
  readonly targetLabel?: string;
  readonly replacement?: string;
}

const written = (of: Space) => {
  const all = at(spec(of), 'podMetricsEndpoints.0.relabelings') as readonly Relabeling[];
  return Object.fromEntries(all.flatMap((r) => (r.action === 'replace' ? [[r.targetLabel, r.replacement]] : [])));
};

test('services with metrics are scraped by the name of the port that has them', () => {
  const api = service({ name: 'api', port: 7000, ports: { http: 7000 }, metrics: { port: 7000, path: '/prom' } });
  const of = tenant({ services: [web(), service(), api] });
  expect(only(render(of), 'PodMonitor')).toMatchObject({
    apiVersion: 'monitoring.coreos.com/v1',
    metadata: { name: 'services', namespace: 'nekotab-acme', labels: { release: 'prometheus' } },
  });
  expect(spec(of)).toMatchObject({
    selector: {
      matchLabels: { 'app.kubernetes.io/instance': 'acme' },
      matchExpressions: [{ key: 'app.kubernetes.io/name', operator: 'In', values: ['web', 'api'] }],
    },
    podMetricsEndpoints: [
      { port: 'metrics', path: '/metrics', scheme: 'http' },
      { port: 'http', path: '/prom', scheme: 'http' },
    ],
  });
});

test('an endpoint is that of its own service, where another has a port of the same name', () => {
  const keep = { action: 'keep', sourceLabels: ['__meta_kubernetes_pod_label_app_kubernetes_io_name'], regex: 'web' };
  expect(at(spec(tenant()), 'podMetricsEndpoints.0.relabelings.0')).toEqual(keep);
});

test('series say whose they are, and no application can say otherwise', () => {
  expect(written(tenant())).toEqual(LABELS);
  expect(at(spec(tenant()), 'podMetricsEndpoints.0.honorLabels')).toBe(false);
});

test('labels are what the product says, and no dollar in them means anything', () => {
  const metricLabels = { product: 'nekotab', tier: '$1 $(HOME)' };
  expect(written(tenant({ metricLabels }))).toEqual({ product: 'nekotab', tier: '$$1 $$${1}(HOME)' });
});

test('no application tells of the cluster, as by labels of its namespace, which would silence alerts of everybody', () => {
  const [drop, ...others] = at(spec(tenant()), 'podMetricsEndpoints.0.metricRelabelings') as readonly {
    readonly regex: string;
  }[];
  expect(others).toEqual([]);
  expect(drop).toMatchObject({ action: 'drop', sourceLabels: ['__name__'] });
  // Prometheus anchors it.
  const drops = (name: string) => new RegExp(`^(?:${drop?.regex})$`).test(name);
  const told = ['kube_namespace_labels', 'kubelet_volume_stats_used_bytes', 'container_memory_working_set_bytes'];
  expect([...told, 'probe_success'].filter((name) => !drops(name))).toEqual([]);
  expect(['http_requests_total', 'my_kube_total', 'containers_total'].filter(drops)).toEqual([]);
});

test('what one tenant can fill Prometheus with is bounded, and the bound of targets holds all that may run', () => {
  expect(spec(tenant())).toMatchObject({ sampleLimit: 10_000, labelLimit: 64, targetLimit: tenant().quota.pods });
});

test('nothing is there where nothing has metrics, or nobody scrapes', () => {
  expect(render(tenant({ services: [service()] }))).toEqual([]);
  expect(render(tenant({ cluster: { ...cluster, monitoring: null } }))).toEqual([]);
});

test('it is what the Prometheus Operator publishes, and what that does not know is refused', () => {
  const found = only(render(tenant()), 'PodMonitor');
  const wrong = { ...found, spec: { ...spec(tenant()), sampleLimit: 'many' } };
  expect(publishedProblems([found, wrong])).toEqual([null, expect.stringContaining('sampleLimit')]);
});

describe('a probe', () => {
  const asking = (overrides: Partial<Tenant> = {}) =>
    tenant({ routes: [route('/healthz', 'acme.nekotab.app')], ...overrides });
  const config = (of: Space) => at(only(render(of), 'Probe').spec, 'targets.staticConfig') as Record<string, unknown>;
  const probes = (of: Space) => render(of).filter(({ kind }) => kind === 'Probe');

  test('asks each host of the tenant, where its services answer and where shared ones do', () => {
    const routes = [route('/healthz', 'acme.nekotab.app', 'debates.acme.example'), route('/', 'acme.nekotab.app')];
    const sharedRoutes = [route('/-/ready', 'api.acme.example'), route('/healthz', 'acme.nekotab.app')];
    expect(config(tenant({ routes, sharedRoutes })).static).toEqual([
      'https://acme.nekotab.app/healthz',
      'https://debates.acme.example/healthz',
      'https://acme.nekotab.app/',
      'https://api.acme.example/-/ready',
    ]);
    expect(config(tenant({ sharedRoutes })).static).toHaveLength(2);
  });

  test('asks no wildcard, which has no address', () => {
    const wildcard = route('/', '*.acme.example');
    expect(config(asking({ sharedRoutes: [wildcard] })).static).toEqual(['https://acme.nekotab.app/healthz']);
    expect(probes(tenant({ routes: [wildcard] }))).toEqual([]);
  });

  test('goes by the prober of the cluster, and nothing holds up its end', () => {
    expect(only(render(asking()), 'Probe')).toMatchObject({
      apiVersion: 'monitoring.coreos.com/v1',
      metadata: {
        name: 'hosts',
        namespace: 'nekotab-acme',
        labels: { release: 'prometheus' },
        annotations: { 'argocd.argoproj.io/sync-options': 'Prune=true' },
      },
      spec: { prober: { url: 'blackbox.monitoring:9115' }, module: 'http_2xx' },
    });
  });

  test('has series that say whose they are, with the namespace that alerts go by', () => {
    const labels = (of: Space) =>
      Object.fromEntries(
        (config(of).relabelingConfigs as Relabeling[]).map(({ targetLabel, replacement: text }) => [targetLabel, text]),
      );
    expect(labels(asking())).toEqual({ ...LABELS, namespace: 'nekotab-acme' });
    expect(labels(asking({ metricLabels: { namespace: 'theirs', tier: '$1' } }))).toEqual({
      namespace: 'nekotab-acme',
      tier: '$$1',
    });
  });

  test('is not there where nobody probes or scrapes, while a notice answers, or without a host', () => {
    expect(probes(asking())).toHaveLength(1);
    expect(probes(asking({ cluster: { ...cluster, monitoring: { ...MONITORING, prober: null } } }))).toEqual([]);
    expect(probes(asking({ cluster: { ...cluster, monitoring: null } }))).toEqual([]);
    expect(probes(asking({ suspended: true }))).toEqual([]);
    expect(probes(tenant())).toEqual([]);
  });

  test('asks the hosts of a shared space too', () => {
    const { sharedRoutes: _, ...shared } = asking();
    expect(config({ ...shared, kind: 'shared' } as Space).static).toEqual(['https://acme.nekotab.app/healthz']);
  });

  test('is what the Prometheus Operator publishes, and what that does not know is refused', () => {
    const found = only(render(asking()), 'Probe');
    const wrong = { ...found, spec: { ...(found.spec as object), interval: 'often' } };
    expect(publishedProblems([found, wrong])).toEqual([null, expect.stringContaining('interval')]);
  });
});

describe('a replacement', () => {
  /** Go's regexp.Expand, where the expression is the default one and matched nothing. */
  const expand = (template: string) =>
    template.replace(/\$\$|\$\{[A-Za-z0-9_]+\}|\$[A-Za-z0-9_]+/g, (found) => (found === '$$' ? '$' : ''));
  /** What the operator's config reloader takes for an environment variable. */
  const variable = /\$\(([a-zA-Z_0-9]+)\)/;

  test.each([
    ['$1', '$$1'],
    ['a$$b', 'a$$$$b'],
    ['${x}', '$${x}'],
    ['$(id)', '$$${1}(id)'],
  ])('for %s is %s', (text, expected) => {
    expect(replacement(text)).toBe(expected);
  });

  test('means the text and nothing else to Prometheus, and no variable to the reloader', () => {
    const dollars = fc.string({ unit: fc.constantFrom('$', '(', ')', '{', '}', '1', 'x', 'é', ' ') });
    fc.assert(
      fc.property(fc.oneof(dollars, fc.string(), fc.constantFrom(...canaries)), (text) => {
        expect(expand(replacement(text))).toBe(text);
        expect(replacement(text)).not.toMatch(variable);
      }),
      { numRuns: 2000 },
    );
  });
});
