import type { IPrometheusRuleSpec, IRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { backupSpace } from '../model/backup-space';
import type { Alert, Plan } from '../model/plan-schema';
import type { PlatformData } from '../model/platform';
import { BACKUP } from './backup-steps';
import { goTemplate } from './go-template';
import { metadata } from './metadata';

/** What alerts ask of a product. */
export interface AlertedProduct {
  readonly name: string;
  readonly alerts: Readonly<Record<string, Alert>>;
  readonly plans: Readonly<Record<string, Pick<Plan, 'alerts'>>>;
  readonly shared: { readonly namespace: string } | null;
}

export interface AlertsProps {
  readonly platform: PlatformData;
  readonly clusterName: string;
  /** Products on offer on the cluster. */
  readonly products: readonly AlertedProduct[];
}

/**
 * What somebody is told of, for all tenants of a cluster at once: a rule names a product and plans, never a tenant, so that a thousand
 * tenants cost as many rules as one. Whose a series is comes from the labels of its namespace, which no application can write.
 */
export class Alerts extends Construct {
  /** Null where nobody scrapes. */
  readonly rule: ApiObject | null;

  constructor(scope: Construct, id: string, { platform, clusterName, products }: AlertsProps) {
    super(scope, id);
    const space = backupSpace(platform, clusterName);
    const { monitoring } = space.cluster;
    if (monitoring === null) {
      this.rule = null;
      return;
    }
    const sorted = [...products].sort((a, b) => compare(a.name, b.name));
    const builtIn = [
      ...(monitoring.prober === null ? [] : [hostDown()]),
      backupLate(),
      labelsMissing([space.namespace, ...sorted.flatMap(({ shared }) => (shared === null ? [] : [shared.namespace]))]),
    ];
    const spec: IPrometheusRuleSpec = {
      groups: [{ name: 'tenants', rules: [...builtIn, ...sorted.flatMap(productRules)] }],
    };
    this.rule = new ApiObject(this, 'rule', {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: metadata(space, 'tenants', { wave: 'workload', labels: monitoring.monitorLabels }),
      spec,
    });
  }
}

// --- internal ---

/** As kube-state-metrics writes the label `tenantry.dev/product`. */
const PRODUCT = 'label_tenantry_dev_product';

/** A daily backup, and two hours for a longer one than yesterday's. */
const BACKUP_LATE_SECONDS = 26 * 3600;

/** The backup's own pods, and those of other jobs, have a quota of their own and are busy by design. */
const NOT_JOBS = 'unless on (namespace, pod) kube_pod_owner{owner_kind="Job"}';

/** Pods that have ended or wait for a node keep their limits and use nothing. */
const RUNNING = 'and on (namespace, pod) (kube_pod_status_phase{phase="Running"} == 1)';

/** Five minutes, so that a gateway which has just restarted calls nobody. */
function hostDown(): IRule {
  return {
    alert: 'TenantHostDown',
    expr: `(probe_success == 0) ${owned()}`,
    for: '5m',
    labels: { severity: 'critical', ...OWNER },
    annotations: { summary: 'A host of a tenant does not answer, or says that it is not well.' },
  };
}

/** Shared namespaces hold what all tenants have, so that theirs count too. A CronJob that never succeeded has no time of it. */
function backupLate(): IRule {
  const ours = `{cronjob=~${quote(`${regex(BACKUP)}(-.+)?`)}}`;
  const by = 'by (namespace, cronjob)';
  const success = `max ${by} (kube_cronjob_status_last_successful_time${ours})`;
  const created = `max ${by} (kube_cronjob_created${ours})`;
  const late = `> ${BACKUP_LATE_SECONDS}`;
  return {
    alert: 'TenantBackupLate',
    expr: `(time() - ${success} ${late} or time() - (${created} unless ${success}) ${late}) ${owned()}`,
    labels: { severity: 'critical', ...OWNER },
    annotations: { summary: 'A tenant has had no successful backup for 26 hours.' },
  };
}

/**
 * Every other alert joins by these labels and is silent without them. They are missing of right where there is no tenant: that is, where
 * kube-state-metrics reports namespaces, and none besides `others` has a tenant's quota. It reports more than one unless Prometheus
 * narrows our queries to the rule's own namespace, which silences the others as well.
 */
function labelsMissing(others: readonly string[]): IRule {
  const labels = `{label_tenant!="",label_plan!="",${PRODUCT}!=""}`;
  const except = others.map(regex).sort(compare).join('|');
  const quotas = `count(kube_resourcequota{resourcequota="running",namespace!~${quote(except)}})`;
  const none = `(count(kube_namespace_created) > 1 unless on () ${quotas})`;
  return {
    alert: 'TenantLabelsMissing',
    expr: `absent(kube_namespace_labels${labels}) unless on () ${none}`,
    for: '15m',
    labels: { severity: 'critical' },
    annotations: {
      summary:
        'No alert of a tenant can fire: kube-state-metrics reports no labels of their namespaces. ' +
        'It needs --metric-labels-allowlist=namespaces=[tenant,plan,tenantry.dev/product].',
    },
  };
}

function productRules(product: AlertedProduct): IRule[] {
  return Object.entries(product.alerts)
    .sort(([a], [b]) => compare(a, b))
    .flatMap(([name, alert]) =>
      byThreshold(product, name, alert).map((group) => productRule(product, name, alert, group)),
    );
}

interface Group {
  /** Null where there is nothing to exceed. */
  readonly threshold: number | null;
  readonly plans: readonly string[];
}

/** Plans by the threshold that they have, lowest first. */
function byThreshold({ plans }: AlertedProduct, name: string, alert: Alert): Group[] {
  const usual = thresholdOf(alert);
  const groups = new Map<number | null, string[]>();
  for (const plan of Object.keys(plans).sort(compare)) {
    const threshold = usual === null ? null : (plans[plan]?.alerts[name] ?? usual);
    groups.set(threshold, [...(groups.get(threshold) ?? []), plan]);
  }
  return Array.from(groups, ([threshold, names]) => ({ threshold, plans: names })).sort(
    (a, b) => (a.threshold ?? 0) - (b.threshold ?? 0),
  );
}

function thresholdOf(alert: Alert): number | null {
  if ('query' in alert) return alert.above;
  return alert.of === 'scaled-up' ? null : alert.abovePercent;
}

function productRule(product: AlertedProduct, name: string, alert: Alert, { threshold, plans }: Group): IRule {
  const of = `${PRODUCT}=${quote(product.name)}`;
  const whose = [`${of},label_plan=~${quote(plans.map(regex).join('|'))}`];
  // Shared services scale too, and mostly they alone: their namespace has no plan.
  if ('of' in alert && alert.of === 'scaled-up' && product.shared !== null)
    whose.push(`${of},namespace=${quote(product.shared.namespace)}`);
  const joined = whose.map((matchers) => namespaces('label_tenant, label_plan', matchers));
  const right = joined.length === 1 ? joined.join('') : `(${joined.join(' or ')})`;
  const join = `* on (namespace) group_left (label_tenant, label_plan) ${right}`;
  const above = threshold === null ? '' : ` > ${threshold}`;
  return {
    alert: name,
    expr: `${measured(alert)} ${join}${above}`,
    ...(alert.forMinutes === 0 ? {} : { for: `${alert.forMinutes}m` }),
    labels: { ...OWNER, severity: alert.severity, product: literal(product.name) },
    annotations: { summary: literal(alert.summary) },
  };
}

/** A value for each namespace, or for each thing in it, which binds as tightly as a product does. */
function measured(alert: Alert): string {
  // On lines of its own, where a comment at its end hides nothing of ours.
  if ('query' in alert) return `(\n${alert.query}\n)`;
  switch (alert.of) {
    case 'cpu':
      return percent(
        `sum by (namespace) (rate(container_cpu_usage_seconds_total{container!=""}[5m]) ${NOT_JOBS})`,
        limits('cpu'),
      );
    case 'memory':
      return percent(
        `sum by (namespace) (container_memory_working_set_bytes{container!=""} ${NOT_JOBS})`,
        limits('memory'),
      );
    case 'disk': {
      const claims = (metric: string) => `max by (namespace, persistentvolumeclaim) (${metric})`;
      return percent(claims('kubelet_volume_stats_used_bytes'), claims('kubelet_volume_stats_capacity_bytes'));
    }
    case 'scaled-up': {
      const scalers = (metric: string) =>
        `max by (namespace, horizontalpodautoscaler) (kube_horizontalpodautoscaler_${metric})`;
      return `(${scalers('status_desired_replicas')} > ${scalers('spec_min_replicas')})`;
    }
  }
}

/** Both sides have the same labels. */
function percent(used: string, whole: string): string {
  return `100 * ${used} / ${whole}`;
}

/**
 * What the containers that run may take. The quota would not do: it also holds a rollout's surge, replacements of own servers and
 * solvers of certificates, so that a tenant with every container at its limit would never come near it.
 */
function limits(resource: string): string {
  const each = `max by (namespace, pod, container) (kube_pod_container_resource_limits{resource=${quote(resource)}})`;
  return `sum by (namespace) (${each} ${RUNNING} ${NOT_JOBS})`;
}

/** Whose a series is, from what a rule joined. Where a shared namespace has neither tenant nor plan, nor has the alert. */
const OWNER = {
  product: `{{ $labels.${PRODUCT} }}`,
  tenant: '{{ $labels.label_tenant }}',
  plan: '{{ $labels.label_plan }}',
} as const;

/** Joins the owner to series of any product. */
function owned(): string {
  const labels = `label_tenant, label_plan, ${PRODUCT}`;
  return `* on (namespace) group_left (${labels}) ${namespaces(labels, `${PRODUCT}!=""`)}`;
}

/** One series a namespace: while kube-state-metrics is replaced there are two, and a join with two fails. */
function namespaces(labels: string, matchers: string): string {
  return `max by (namespace, ${labels}) (kube_namespace_labels{${matchers}})`;
}

/** A text as a string of PromQL, which reads what JSON writes. */
function quote(text: string): string {
  return JSON.stringify(text);
}

/** A text as an expression of RE2 that matches nothing else. */
function regex(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');
}

/** A text that is nothing but itself in Prometheus' templates. */
function literal(text: string): string {
  return goTemplate([text], () => '');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
