import { Testing } from 'cdk8s';
import { Alerts } from '../../lib/kube/alerts';
import { BUILT_IN_ALERTS } from '../../lib/model/plan-schema';
import { model, productHaving, productProblems } from './fixture';

const monitoring = { namespace: 'monitoring', podLabels: { app: 'prometheus' }, prober: 'prober.monitoring:9115' };

describe('a label of metrics', () => {
  const labels = (name: string) => productHaving({ metricLabels: { [name]: 'x' } });

  test.each(['namespace', 'pod', 'container', 'job', 'instance', 'service', 'endpoint'])(
    'is not %s, which says where a series comes from',
    (name) => {
      expect(productProblems(labels(name))).toEqual([
        expect.stringContaining(`metricLabels.${name}: expected a label that no scrape sets itself`),
      ]);
      expect(productProblems(labels(`shop_${name}`))).toEqual([]);
    },
  );

  test('is none of Prometheus’ own', () => {
    expect(productProblems(labels('__address__'))).toEqual([expect.stringContaining('expected the name of a label')]);
    expect(productProblems(labels('tenant_id'))).toEqual([]);
  });
});

describe('an alert of a product', () => {
  const memory = { of: 'memory', abovePercent: 85, forMinutes: 5, severity: 'warning', summary: 'Memory is short.' };
  const alert = (name: string) => productHaving({ alerts: { [name]: memory } });

  test.each(BUILT_IN_ALERTS)('is not called %s, as one of every cluster is', (name) => {
    expect(productProblems(alert(name))).toEqual([
      expect.stringContaining(`alerts.${name}: an alert that every cluster with monitoring has already - rename it`),
    ]);
    expect(productProblems(alert(`Shop${name}`))).toEqual([]);
  });

  test('is told from all that every cluster has', () => {
    const platform = model({ 'clusters.eu-1.monitoring': monitoring });
    const { rule } = new Alerts(Testing.chart(), 'alerts', { platform, clusterName: 'eu-1', products: [] });
    if (rule === null) throw new Error('no rule');
    const { groups } = rule.toJson().spec as { groups: readonly { rules: readonly { alert: string }[] }[] };
    expect(groups.flatMap(({ rules }) => rules.map((each) => each.alert)).sort()).toEqual([...BUILT_IN_ALERTS].sort());
  });
});
