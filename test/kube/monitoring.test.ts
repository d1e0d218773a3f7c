import fc from 'fast-check';
import { Monitoring, replacement } from '../../lib/kube/monitoring';
import type { Space } from '../../lib/model/resolved';
import { canaries } from '../synth/canaries';
import { at, cluster, manifests, only, service, space, tenant, web } from './fixture';
import { publishedProblems } from './published';

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
  expect(written(tenant())).toEqual({
    product: 'nekotab',
    tenant_id: 'acme',
    tenant: 'acme',
    plan: 'standard',
  });
  expect(at(spec(tenant()), 'podMetricsEndpoints.0.honorLabels')).toBe(false);
});

test('a shared space belongs to no tenant', () => {
  const { id, product, namespace, labels, cluster, services, quota } = tenant();
  const shared = { id, product, namespace, labels, cluster, services, quota, kind: 'shared' } as unknown as Space;
  expect(written(shared)).toEqual({ product: 'nekotab' });
});

test('what one tenant can fill Prometheus with is bounded, and the bound of targets holds all that may run', () => {
  expect(spec(tenant())).toMatchObject({ sampleLimit: 10_000, labelLimit: 64, targetLimit: tenant().quota.pods });
});

test('nothing is there where nothing has metrics, or nobody scrapes', () => {
  expect(render(tenant({ services: [service()] }))).toEqual([]);
  expect(render(tenant({ cluster: { ...cluster, monitoring: null } }))).toEqual([]);
});

test('it is what the Prometheus Operator publishes, and what that does not know is refused', () => {
  const found = only(render(space()), 'PodMonitor');
  const wrong = { ...found, spec: { ...spec(space()), sampleLimit: 'many' } };
  expect(publishedProblems([found, wrong])).toEqual([null, expect.stringContaining('sampleLimit')]);
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
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Prometheus' syntax
    ['${x}', '$${x}'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Prometheus' syntax
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
