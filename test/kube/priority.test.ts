import { PriorityClasses } from '../../lib/kube/priority';
import { manifests, only } from './fixture';

const render = (...levels: { name: string; value: number }[]) =>
  manifests((chart) => new PriorityClasses(chart, 'priority', { levels, labels: { team: 'platform' } }));

test('a class is no default, stands before what names it, and belongs to the cluster', () => {
  const [premium] = render({ name: 'nekotab-premium', value: 5000 });
  expect(premium).toMatchObject({
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: 'nekotab-premium', labels: { team: 'platform' } },
    value: 5000,
    globalDefault: false,
  });
  expect(premium?.metadata).not.toHaveProperty('namespace');
  expect(premium?.metadata.annotations).toEqual({ 'argocd.argoproj.io/sync-wave': '-4' });
});

test('from 1,000 on a class pushes out others, and below it waits for room', () => {
  const all = render({ name: 'free', value: 999 }, { name: 'standard', value: 1000 }, { name: 'none', value: 0 });
  expect(only(all, 'PriorityClass', 'standard').preemptionPolicy).toBe('PreemptLowerPriority');
  expect(only(all, 'PriorityClass', 'free').preemptionPolicy).toBe('Never');
  expect(only(all, 'PriorityClass', 'none')).toMatchObject({ value: 0, preemptionPolicy: 'Never' });
});
