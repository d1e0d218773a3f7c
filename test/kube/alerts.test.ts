import type { IRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import { type AlertedProduct, Alerts } from '../../lib/kube/alerts';
import type { Cluster, PlatformData } from '../../lib/model/platform';
import { toManifest } from '../../lib/synth/yaml';
import { at, backup, cluster, type Manifest, manifests, only } from './fixture';
import { publishedProblems } from './published';

type Monitoring = NonNullable<Cluster['monitoring']>;

/** With Prometheus, or without any. */
function platform(overrides: Partial<Monitoring> | null = {}): PlatformData {
  const monitoring: Monitoring = {
    namespace: 'monitoring',
    podLabels: {},
    monitorLabels: { release: 'prometheus' },
    prober: 'blackbox.monitoring:9115',
    ...overrides,
  };
  return {
    name: 'acme',
    environment: 'production',
    git: { repository: 'https://git.example/platform.git', revision: 'main', path: 'dist' },
    argocd: { namespace: 'argocd' },
    regions: { 'eu-west': { jurisdiction: 'eu' } },
    clusters: { 'eu-1': { ...cluster, monitoring: overrides === null ? null : monitoring } },
    servers: {},
    backupStores: { 's3-eu': backup().store },
    backup: {
      image: backup().image,
      window: { from: '22:00', to: '06:00' },
      perMinute: 60,
      namespace: 'tenantry-backup',
    },
    terraform: { backend: { kind: 'local', path: '.terraform-state' }, perServer: 4 },
    credentials: { maxAgeDays: 90 },
    requireDigests: false,
    reservedIds: [],
    released: {},
  };
}

function product(overrides: Partial<AlertedProduct> = {}): AlertedProduct {
  return {
    name: 'nekotab',
    shared: { namespace: 'nekotab-shared' },
    plans: {
      standard: { alerts: {} },
      premium: { alerts: { TenantHighCpuUsage: 70, TenantDiskSpaceLow: 95, TenantErrors: 1 } },
      basic: { alerts: {} },
    },
    alerts: {
      TenantScaledUp: { of: 'scaled-up', forMinutes: 0, severity: 'info', summary: 'A service has been scaled up.' },
      TenantHighCpuUsage: {
        ...{ of: 'cpu', abovePercent: 85, forMinutes: 5 },
        ...{ severity: 'warning', summary: 'CPU is nearly all used.' },
      },
      TenantHighMemoryUsage: {
        ...{ of: 'memory', abovePercent: 90, forMinutes: 5 },
        ...{ severity: 'warning', summary: 'Memory is {{ nearly }} all used, {' },
      },
      TenantDiskSpaceLow: {
        ...{ of: 'disk', abovePercent: 90, forMinutes: 2 },
        ...{ severity: 'critical', summary: 'A volume is nearly full.' },
      },
      TenantErrors: {
        ...{ query: 'sum by (namespace) (rate(http_errors_total[5m])) # of the last minutes', above: 0.5 },
        ...{ forMinutes: 1, severity: 'critical', summary: 'Requests fail.' },
      },
    },
    ...overrides,
  };
}

const render = (products: readonly AlertedProduct[], of = platform()) =>
  manifests((chart) => new Alerts(chart, 'alerts', { platform: of, clusterName: 'eu-1', products }));
const rules = (products: readonly AlertedProduct[], of = platform()) =>
  at(only(render(products, of), 'PrometheusRule').spec, 'groups.0.rules') as readonly IRule[];
const named = (name: string, products: readonly AlertedProduct[] = [product()]) =>
  rules(products).filter(({ alert }) => alert === name);
const names = (all: readonly IRule[]) => all.map(({ alert }) => alert);

const cpu = { of: 'cpu', abovePercent: 85, forMinutes: 5, severity: 'warning', summary: 'CPU is short.' } as const;

test('a cluster has one object with one group, where Prometheus finds it', () => {
  const [rule, ...others] = render([product()]);
  expect(others).toEqual([]);
  expect(rule).toMatchObject({
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'tenants', namespace: 'tenantry-backup', labels: { release: 'prometheus' } },
    spec: { groups: [{ name: 'tenants' }] },
  });
});

test('nothing is there where nobody scrapes, and no host is said to be down where nobody asks', () => {
  expect(render([product()], platform(null))).toEqual([]);
  expect(names(rules([], platform({ prober: null })))).toEqual(['TenantBackupLate', 'TenantLabelsMissing']);
  expect(names(rules([]))).toEqual(['TenantHostDown', 'TenantBackupLate', 'TenantLabelsMissing']);
});

test('plans with the same threshold share a rule, the lowest first', () => {
  const found = named('TenantHighCpuUsage');
  expect(
    found.map(({ expr }) => [/label_plan=~("[^"]*")/.exec(String(expr))?.[1], /> [^ ]+$/.exec(String(expr))?.[0]]),
  ).toEqual([
    ['"premium"', '> 70'],
    ['"basic|standard"', '> 85'],
  ]);
});

test('an alert says how bad it is and whose, from what the namespace says', () => {
  expect(named('TenantHighCpuUsage')[0]).toMatchObject({
    for: '5m',
    labels: {
      severity: 'warning',
      product: 'nekotab',
      tenant: '{{ $labels.label_tenant }}',
      plan: '{{ $labels.label_plan }}',
    },
    annotations: { summary: 'CPU is nearly all used.' },
  });
});

test('an alert without a delay has none', () => {
  expect(named('TenantScaledUp').map((rule) => 'for' in rule)).toEqual([false]);
});

test('use is measured by the limits of running pods and not by the quota, which holds more than ever runs', () => {
  for (const [alert, resource] of [
    ['TenantHighCpuUsage', 'cpu'],
    ['TenantHighMemoryUsage', 'memory'],
  ] as const) {
    const { expr = '' } = named(alert)[0] ?? {};
    expect(expr).toContain(`kube_pod_container_resource_limits{resource="${resource}"}`);
    expect(expr).toContain('kube_pod_status_phase{phase="Running"} == 1');
    expect(String(expr).match(/unless on \(namespace, pod\) kube_pod_owner\{owner_kind="Job"\}/g)).toHaveLength(2);
    expect(expr).not.toContain('kube_resourcequota');
  }
});

test('a shared namespace scales as well, and has no other alert of a plan', () => {
  const shared = 'label_tenantry_dev_product="nekotab",namespace="nekotab-shared"';
  expect(named('TenantScaledUp')[0]?.expr).toContain(shared);
  expect(named('TenantScaledUp', [product({ shared: null })])[0]?.expr).not.toContain('namespace="');
  for (const { alert, expr } of rules([product()]))
    if (alert !== 'TenantScaledUp') expect([alert, String(expr).includes(shared)]).toEqual([alert, false]);
});

test('where nothing can be exceeded all plans share a rule', () => {
  const [{ expr } = { expr: '' }, ...others] = named('TenantScaledUp');
  expect(others).toEqual([]);
  expect(expr).toContain('label_plan=~"basic|premium|standard"');
  expect(expr).not.toMatch(/> \d+$/);
});

test('the sentence is a text, whatever it looks like', () => {
  const summary = 'use of {{ $labels.x }} {{{ and {';
  const alerts = { TenantHighCpuUsage: { ...cpu, summary } };
  const text = named('TenantHighCpuUsage', [product({ alerts })])[0]?.annotations?.summary ?? '';
  expect(text).not.toContain('{{ $labels');
  expect(text.replace(/\{\{ "(\{+)" \}\}/g, '$1')).toBe(summary);
});

test('names are data in expressions', () => {
  const plans = { 'a.b': { alerts: {} }, 'c"d\\': { alerts: {} } };
  const [{ expr } = { expr: '' }] = named('TenantHighCpuUsage', [
    product({ name: 'x"y', plans, alerts: { TenantHighCpuUsage: cpu } }),
  ]);
  expect(expr).toContain('label_tenantry_dev_product="x\\"y"');
  expect(expr).toContain('label_plan=~"a\\\\.b|c\\"d\\\\\\\\"');
});

test('a query is in brackets, and a comment at its end hides nothing', () => {
  const [{ expr } = { expr: '' }] = named('TenantErrors');
  expect(expr).toMatch(/^\(\nsum by \(namespace\) .* # of the last minutes\n\) \* on \(namespace\)/);
});

test('each product has rules of its own, and their order changes nothing', () => {
  const all = [product(), product({ name: 'crater' })];
  const text = (products: readonly AlertedProduct[]) => toManifest(render(products) as never);
  expect(text([...all].reverse())).toBe(text(all));
  const { alerts, plans } = product();
  const turned = <T>(of: Readonly<Record<string, T>>) => Object.fromEntries(Object.entries(of).reverse());
  expect(text([product({ alerts: turned(alerts), plans: turned(plans) }), all[1] as AlertedProduct])).toBe(text(all));
  expect(named('TenantHighCpuUsage', all).map(({ labels }) => labels?.product)).toEqual([
    ...['crater', 'crater'],
    ...['nekotab', 'nekotab'],
  ]);
});

test('no namespace but a tenant’s own says that there is a tenant', () => {
  const { expr } = named('TenantLabelsMissing', [product({ shared: { namespace: 'nekotab.all' } })])[0] ?? {};
  expect(expr).toContain('namespace!~"nekotab\\\\.all|tenantry-backup"');
});

test('it is what the Prometheus Operator publishes, and what that does not know is refused', () => {
  const found = only(render([product()]), 'PrometheusRule');
  const wrong: Manifest = { ...found, spec: { groups: [{ name: 'tenants', rules: [{ alert: 'X' }] }] } };
  expect(publishedProblems([found, wrong])).toEqual([null, expect.stringContaining('expr')]);
});
