import { type AlertedProduct, Alerts } from '../../lib/kube/alerts';
import type { PlatformData } from '../../lib/model/platform';
import { wordpress } from '../../lib/products/wordpress';
import acmeCorp from '../../tenants/acme-corp';
import gardenClub from '../../tenants/garden-club';
import { at, backup, cluster, type Manifest, manifests, only } from '../kube/fixture';
import { clusterObjects, objectsOf, platformOf, tenantOf } from '../products/support';
import { checkRules, type Firing, findPromtool, type RuleTest, testRules } from './promtool';

/** The emitted rules in Prometheus' own hands: each fires where it should, and not for a twin that differs in one thing. */

const platform: PlatformData = {
  name: 'acme',
  environment: 'production',
  git: { repository: 'https://git.example/platform.git', revision: 'main', path: 'dist' },
  argocd: { namespace: 'argocd' },
  regions: { 'eu-west': { jurisdiction: 'eu' } },
  clusters: {
    'eu-1': {
      ...cluster,
      monitoring: { namespace: 'monitoring', podLabels: {}, monitorLabels: {}, prober: 'blackbox.monitoring:9115' },
    },
  },
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

const SUMMARY = 'Memory of {{ $labels.namespace }} is {{{ short, {';

const shop: AlertedProduct = {
  name: 'shop',
  shared: { namespace: 'shop-shared' },
  plans: {
    basic: { alerts: {} },
    premium: { alerts: { HighCpu: 70, HighMemory: 70, DiskLow: 70, Errors: 1 } },
    trial: { alerts: {} },
  },
  alerts: {
    HighCpu: { of: 'cpu', abovePercent: 85, forMinutes: 5, severity: 'warning', summary: 'CPU is short.' },
    HighMemory: { of: 'memory', abovePercent: 85, forMinutes: 5, severity: 'warning', summary: SUMMARY },
    DiskLow: { of: 'disk', abovePercent: 90, forMinutes: 2, severity: 'critical', summary: 'A volume is full.' },
    ScaledUp: { of: 'scaled-up', forMinutes: 0, severity: 'info', summary: 'There are more replicas.' },
    Errors: {
      ...{ query: 'sum by (namespace) (rate(errors_total[5m])) # by second', above: 0.5 },
      ...{ forMinutes: 1, severity: 'critical', summary: 'Requests fail.' },
    },
  },
};

/** Another product with a plan of the same name, and stricter. */
const forum: AlertedProduct = {
  name: 'forum',
  shared: null,
  plans: { basic: { alerts: {} } },
  alerts: { HighCpu: { of: 'cpu', abovePercent: 10, forMinutes: 5, severity: 'info', summary: 'Forum CPU.' } },
};

const groupsOf = (products: readonly AlertedProduct[]) => {
  const objects = manifests((chart) => new Alerts(chart, 'alerts', { platform, clusterName: 'eu-1', products }));
  return at(only(objects, 'PrometheusRule').spec, 'groups');
};
const groups = groupsOf([shop, forum]);

let promtool = '';
beforeAll(async () => {
  promtool = await findPromtool();
}, 900_000);

const fires = async (...tests: readonly RuleTest[]) =>
  expect(await testRules(promtool, groups, tests)).toMatchObject({
    ok: true,
    output: expect.stringContaining('SUCCESS'),
  });

type Series = Record<string, string>;

const selector = (labels: Readonly<Record<string, string>>) =>
  `{${Object.entries(labels).map(([name, text]) => `${name}=${JSON.stringify(text)}`)}}`;

/** A value for as long as any test takes. */
const constant = (value: number) => `${value}x1900`;

/** A counter that grows by so much a second. */
const rate = (perSecond: number) => `0+${perSecond * 60}x1900`;

/** A tenant's namespace as kube-state-metrics reports it, twice: while it is replaced there are two of it. */
function namespace(product: string, tenant: string, plan: string): Series {
  const labels = { label_tenantry_dev_product: product, label_tenant: tenant, label_plan: plan };
  const of = (instance: string) => selector({ namespace: `${product}-${tenant}`, ...labels, instance });
  return { [`kube_namespace_labels${of('old')}`]: constant(1), [`kube_namespace_labels${of('new')}`]: constant(1) };
}

/** Tenants of every plan: two each, so that one has a twin, and of another product. */
const NAMESPACES: Series = {
  ...namespace('shop', 'anna', 'basic'),
  ...namespace('shop', 'bert', 'basic'),
  ...namespace('shop', 'carl', 'premium'),
  ...namespace('shop', 'dora', 'premium'),
  ...namespace('shop', 'emil', 'trial'),
  ...namespace('forum', 'anna', 'basic'),
  'kube_namespace_labels{namespace="shop-shared",label_tenantry_dev_product="shop"}': constant(1),
  'kube_namespace_labels{namespace="kube-system"}': constant(1),
};

/** Use of each namespace in percent of what it may take. Who is nobody's, or another product's, is at its limit. */
const PERCENTS = { 'shop-anna': 80, 'shop-bert': 90, 'shop-carl': 80, 'shop-dora': 60, 'shop-emil': 86 } as const;
const OTHERS = { 'shop-shared': 100, 'kube-system': 100 } as const;

function whose(
  product: string,
  tenant: string,
  plan: string,
  severity: string,
  more: Readonly<Record<string, string>>,
) {
  const joined = { label_tenant: tenant, label_plan: plan };
  return { namespace: `${product}-${tenant}`, severity, product, tenant, plan, ...joined, ...more };
}

function firing(
  alert: string,
  [tenant, plan]: readonly [string, string],
  more: Readonly<Record<string, string>> = {},
): Firing {
  const { severity = '', summary = '' } = shop.alerts[alert] ?? {};
  return { labels: whose('shop', tenant, plan, severity, more), annotations: { summary } };
}

const ANNA = ['anna', 'basic'] as const;
const BERT = ['bert', 'basic'] as const;
const CARL = ['carl', 'premium'] as const;
const EMIL = ['emil', 'trial'] as const;

test('Prometheus accepts the rules', async () => {
  expect(await checkRules(promtool, groups)).toMatchObject({ ok: true, output: expect.stringContaining('SUCCESS') });
  expect(await checkRules(promtool, groupsOf([]))).toMatchObject({ ok: true });
});

test('a query that is none is refused', async () => {
  const alerts = { Broken: { query: 'sum by (', above: 1, forMinutes: 1, severity: 'info', summary: 'x' } } as const;
  expect(await checkRules(promtool, groupsOf([{ ...shop, alerts }]))).toMatchObject({ ok: false });
});

test('an expectation that does not hold is told', async () => {
  const expected = [{ alert: 'HighCpu', at: '20m', firing: [firing('HighCpu', ANNA)] }];
  const { ok, output } = await testRules(promtool, groups, [{ name: 'none', series: NAMESPACES, expected }]);
  expect([ok, output]).toEqual([false, expect.stringContaining('HighCpu')]);
});

test('use of CPU by the limits of running pods, by the threshold of the plan', async () => {
  const series: Series = { ...NAMESPACES };
  for (const [of, percent] of Object.entries({ ...PERCENTS, ...OTHERS, 'forum-anna': 12 })) {
    const use = (pod: string, container: string) =>
      `container_cpu_usage_seconds_total${selector({ namespace: of, pod, container })}`;
    // Two containers use four cores together; the pod's own sum counts for nothing.
    series[use('web', 'web')] = rate((percent / 100) * 3);
    series[use('web', 'helper')] = rate(percent / 100);
    series[use('web', '')] = rate((percent / 100) * 4);
    series[use('backup', 'restic')] = rate(2);
    series[`kube_pod_owner${selector({ namespace: of, pod: 'web', owner_kind: 'ReplicaSet' })}`] = constant(1);
    series[`kube_pod_owner${selector({ namespace: of, pod: 'backup', owner_kind: 'Job' })}`] = constant(1);
    Object.assign(series, limits(of, 'cpu', { web: 3, helper: 1 }));
  }
  const all = [firing('HighCpu', BERT), firing('HighCpu', CARL), firing('HighCpu', EMIL)];
  const forums = { labels: whose('forum', 'anna', 'basic', 'info', {}), annotations: { summary: 'Forum CPU.' } };
  const expected = [
    { alert: 'HighCpu', at: '5m', firing: [] },
    { alert: 'HighCpu', at: '20m', firing: [...all, forums] },
    { alert: 'HighMemory', at: '20m', firing: [] },
  ];
  await fires({ name: 'cpu', series, expected });
});

/** What runs of a tenant in quiet times, by its manifest: limits of CPU by pod and container, in cores. */
function running(objects: readonly Manifest[]): Record<string, Record<string, number>> {
  const pods: Record<string, Record<string, number>> = {};
  for (const { kind, metadata, spec } of objects) {
    const name = metadata.name ?? '';
    if (kind === 'MariaDB') pods[`${name}-0`] = { mariadb: cores(at(spec, 'resources.limits.cpu')) };
    if (kind !== 'Deployment') continue;
    const containers = at(spec, 'template.spec.containers') as readonly { readonly name: string }[];
    const limitsOf = containers.map((of) => [of.name, cores(at(of, 'resources.limits.cpu'))] as const);
    pods[`${name}-x`] = Object.fromEntries(limitsOf);
  }
  return pods;
}

function cores(quantity: unknown): number {
  const text = String(quantity);
  return text.endsWith('m') ? Number(text.slice(0, -1)) / 1000 : Number(text);
}

test.each([
  ['acme-corp', 'pro', acmeCorp],
  ['garden-club', 'free', gardenClub],
])('WordPress of %s calls at 90 % of what its containers may use, and not at 50 %', async (id, plan, file) => {
  const offered = platformOf(wordpress);
  const objects = objectsOf(tenantOf(offered, file));
  const pods = running(objects);
  expect(Object.keys(pods).sort()).toEqual(['database-0', 'wordpress-x']);
  const real = at(only(clusterObjects(offered), 'PrometheusRule').spec, 'groups');
  const of = `wordpress-${id}`;
  const series = (percent: number): Series => {
    const all: Series = { ...namespace('wordpress', id, plan) };
    for (const [pod, containers] of Object.entries(pods)) {
      Object.assign(all, limits(of, 'cpu', containers, pod));
      for (const [container, limit] of Object.entries(containers))
        all[`container_cpu_usage_seconds_total${selector({ namespace: of, pod, container })}`] = rate(
          (limit * percent) / 100,
        );
    }
    return all;
  };
  const alert = 'TenantHighCPUUsage';
  const labels = whose('wordpress', id, plan, 'warning', {});
  const fired = [{ labels, annotations: { summary: 'The site uses most of the CPU of its plan.' } }];
  const busy = { name: 'busy', series: series(90), expected: [{ alert, at: '20m', firing: fired }] };
  const calm = { name: 'calm', series: series(50), expected: [{ alert, at: '20m', firing: [] }] };
  expect(await testRules(promtool, real, [busy, calm])).toMatchObject({
    ok: true,
    output: expect.stringContaining('SUCCESS'),
  });
});

test('use of memory likewise, with a summary that is no template', async () => {
  const series: Series = { ...NAMESPACES };
  for (const [of, percent] of Object.entries({ ...PERCENTS, ...OTHERS })) {
    const use = (pod: string) =>
      `container_memory_working_set_bytes${selector({ namespace: of, pod, container: 'web' })}`;
    series[use('web')] = constant(percent * 1000);
    series[use('backup')] = constant(50_000);
    series[`kube_pod_owner${selector({ namespace: of, pod: 'backup', owner_kind: 'Job' })}`] = constant(1);
    Object.assign(series, limits(of, 'memory', { web: 100_000 }));
  }
  const all = [firing('HighMemory', BERT), firing('HighMemory', CARL), firing('HighMemory', EMIL)];
  const expected = [
    { alert: 'HighMemory', at: '4m', firing: [] },
    { alert: 'HighMemory', at: '6m', firing: all },
    { alert: 'HighCpu', at: '6m', firing: [] },
  ];
  await fires({ name: 'memory', series, expected });
});

test('use of each volume by itself', async () => {
  const series: Series = { ...NAMESPACES };
  const disk = (of: string, claim: string, used: number) => {
    const labels = selector({ namespace: of, persistentvolumeclaim: claim });
    series[`kubelet_volume_stats_used_bytes${labels}`] = constant(used);
    series[`kubelet_volume_stats_capacity_bytes${labels}`] = constant(1000);
  };
  for (const [of, percent] of Object.entries({ ...PERCENTS, ...OTHERS })) disk(of, 'data', percent * 10);
  disk('shop-anna', 'media', 950);
  const full = [
    firing('DiskLow', ANNA, { persistentvolumeclaim: 'media' }),
    firing('DiskLow', CARL, { persistentvolumeclaim: 'data' }),
  ];
  const expected = [
    { alert: 'DiskLow', at: '1m', firing: [] },
    { alert: 'DiskLow', at: '3m', firing: full },
  ];
  await fires({ name: 'disk', series, expected });
});

test('more replicas than the minimum', async () => {
  const series: Series = { ...NAMESPACES };
  const scaler = (of: string, minimum: number, wanted: string) => {
    const labels = selector({ namespace: of, horizontalpodautoscaler: 'web' });
    series[`kube_horizontalpodautoscaler_spec_min_replicas${labels}`] = constant(minimum);
    series[`kube_horizontalpodautoscaler_status_desired_replicas${labels}`] = wanted;
  };
  scaler('shop-anna', 2, constant(2));
  scaler('shop-bert', 2, '2x4 3x10 2x10');
  scaler('shop-carl', 1, constant(4));
  scaler('shop-shared', 1, constant(4));
  // Another product's, and the shared namespace of nobody.
  scaler('forum-anna', 1, constant(4));
  scaler('kube-system', 1, constant(4));
  const more = { horizontalpodautoscaler: 'web' };
  const { severity = '', summary = '' } = shop.alerts.ScaledUp ?? {};
  const shared: Firing = {
    labels: { namespace: 'shop-shared', severity, product: 'shop', ...more },
    annotations: { summary },
  };
  const carl = firing('ScaledUp', CARL, more);
  const expected = [
    { alert: 'ScaledUp', at: '2m', firing: [carl, shared] },
    { alert: 'ScaledUp', at: '7m', firing: [firing('ScaledUp', BERT, more), carl, shared] },
    { alert: 'ScaledUp', at: '20m', firing: [carl, shared] },
  ];
  await fires({ name: 'scaled up', series, expected });
});

test('a query of the product’s own', async () => {
  const series: Series = { ...NAMESPACES };
  const errors = {
    'shop-anna': 0.4,
    'shop-bert': 0.6,
    'shop-carl': 1.2,
    'shop-dora': 0.6,
    'kube-system': 9,
    'forum-anna': 9,
  };
  for (const [of, perSecond] of Object.entries(errors)) {
    series[`errors_total${selector({ namespace: of, pod: 'web' })}`] = rate(perSecond);
  }
  const all = [firing('Errors', BERT), firing('Errors', CARL)];
  await fires({ name: 'query', series, expected: [{ alert: 'Errors', at: '15m', firing: all }] });
});

test('a host that is not well for five minutes', async () => {
  const series: Series = { ...NAMESPACES };
  const host = (of: string, instance: string, values: string) => {
    series[`probe_success${selector({ namespace: of, instance, product: 'shop' })}`] = values;
  };
  host('shop-anna', 'https://anna.shop.example/', constant(0));
  host('shop-anna', 'https://www.anna.example/', constant(1));
  host('shop-bert', 'https://bert.shop.example/', '0x3 1x0 0x3 1x30');
  host('shop-shared', 'https://api.shop.example/', constant(0));
  host('kube-system', 'https://other.example/', constant(0));
  const annotations = { summary: 'A host of a tenant does not answer, or says that it is not well.' };
  const product = { label_tenantry_dev_product: 'shop' };
  const anna = whose('shop', 'anna', 'basic', 'critical', { ...product, instance: 'https://anna.shop.example/' });
  const shared = {
    ...{ namespace: 'shop-shared', severity: 'critical', product: 'shop', instance: 'https://api.shop.example/' },
    ...product,
  };
  const expected = [
    { alert: 'TenantHostDown', at: '4m', firing: [] },
    { alert: 'TenantHostDown', at: '6m', firing: [anna, shared].map((labels) => ({ labels, annotations })) },
  ];
  await fires({ name: 'host', series, expected });
});

test('a backup that did not succeed for 26 hours, or never did', async () => {
  const series: Series = { ...NAMESPACES };
  const HOUR = 3600;
  const job = (of: string, cronjob: string, created: number, success: number | null) => {
    const labels = selector({ namespace: of, cronjob });
    series[`kube_cronjob_created${labels}`] = constant(created * HOUR);
    if (success !== null) series[`kube_cronjob_status_last_successful_time${labels}`] = constant(success * HOUR);
  };
  // At thirty hours.
  job('shop-anna', 'backup', 0, 5);
  job('shop-anna', 'backup-media', 0, 3);
  job('shop-bert', 'backup', 0, 3);
  job('shop-carl', 'backup', 0, null);
  job('shop-dora', 'backup', 5, null);
  job('shop-emil', 'report', 0, null);
  job('shop-shared', 'backup', 0, 1);
  job('tenantry-backup', 'backup', 0, null);
  const annotations = { summary: 'A tenant has had no successful backup for 26 hours.' };
  const product = { label_tenantry_dev_product: 'shop' };
  const late = [
    whose('shop', 'anna', 'basic', 'critical', { ...product, cronjob: 'backup-media' }),
    whose('shop', 'bert', 'basic', 'critical', { ...product, cronjob: 'backup' }),
    whose('shop', 'carl', 'premium', 'critical', { ...product, cronjob: 'backup' }),
    { namespace: 'shop-shared', cronjob: 'backup', severity: 'critical', product: 'shop', ...product },
  ];
  const alert = 'TenantBackupLate';
  const [, , never] = late.map((labels) => ({ labels, annotations }));
  const expected = [
    { alert, at: '25h', firing: [] },
    { alert, at: '26h30m', firing: never === undefined ? [] : [never] },
    { alert, at: '30h', firing: late.map((labels) => ({ labels, annotations })) },
  ];
  await fires({ name: 'backup', series, expected });
});

test('labels that kube-state-metrics does not report, on a cluster with tenants', async () => {
  const alert = 'TenantLabelsMissing';
  const summary =
    'No alert of a tenant can fire: kube-state-metrics reports no labels of their namespaces. ' +
    'It needs --metric-labels-allowlist=namespaces=[tenant,plan,tenantry.dev/product].';
  const missing = [{ labels: { severity: 'critical' }, annotations: { summary } }];
  const exists = (...names: readonly string[]): Series =>
    Object.fromEntries(names.map((of) => [`kube_namespace_created${selector({ namespace: of })}`, constant(1)]));
  const platforms = { ...quotas('tenantry-backup', 'pods', 1), ...quotas('shop-shared', 'pods', 9) };
  const empty = { ...exists('kube-system', 'tenantry-backup', 'shop-shared'), ...platforms };
  const tenants = { ...empty, ...exists('shop-anna'), ...quotas('shop-anna', 'pods', 9) };
  const twoOfThree = { namespace: 'shop-anna', label_tenant: 'anna', label_plan: 'basic' };
  const at = (name: string, series: Series, found: readonly Firing[]): RuleTest => ({
    name,
    series,
    expected: [
      { alert, at: '14m', firing: [] },
      { alert, at: '16m', firing: found },
    ],
  });
  await fires(
    at('all is reported', { ...tenants, ...NAMESPACES }, []),
    at('no labels', tenants, missing),
    at('two of three', { ...tenants, [`kube_namespace_labels${selector(twoOfThree)}`]: constant(1) }, missing),
    at('no tenants', empty, []),
    at('nothing at all', { up: constant(1) }, missing),
    at(
      'queries narrowed to the namespace of the rule',
      { ...exists('tenantry-backup'), ...quotas('tenantry-backup', 'pods', 1) },
      missing,
    ),
  );
});

function quotas(of: string, resource: string, hard: number): Series {
  const labels = selector({ namespace: of, resourcequota: 'running', resource, type: 'hard' });
  return { [`kube_resourcequota${labels}`]: constant(hard) };
}

/**
 * Of a running pod, twice as while kube-state-metrics is replaced, with what is beside it and counts for nothing: the quota, the pod
 * of a Job, one that has ended. Were any of it counted, nothing would fire.
 */
function limits(of: string, resource: string, containers: Readonly<Record<string, number>>, pod = 'web'): Series {
  const most = 100 * Object.values(containers).reduce((sum, each) => sum + each, 0);
  const limit = (from: string, container: string, instance = 'new') =>
    `kube_pod_container_resource_limits${selector({ namespace: of, pod: from, container, resource, instance })}`;
  const phase = (from: string, name: string) =>
    `kube_pod_status_phase${selector({ namespace: of, pod: from, phase: name })}`;
  const series: Series = {
    ...quotas(of, `limits.${resource}`, most),
    [phase(pod, 'Running')]: constant(1),
    [phase(pod, 'Succeeded')]: constant(0),
    [phase('backup', 'Running')]: constant(1),
    [phase('gone', 'Running')]: constant(0),
    [phase('gone', 'Succeeded')]: constant(1),
    [`kube_pod_owner${selector({ namespace: of, pod: 'backup', owner_kind: 'Job' })}`]: constant(1),
    [limit('backup', 'restic')]: constant(most),
    [limit('gone', 'web')]: constant(most),
  };
  for (const [container, amount] of Object.entries(containers))
    for (const instance of ['old', 'new']) series[limit(pod, container, instance)] = constant(amount);
  return series;
}
