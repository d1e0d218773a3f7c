import { type ControlPlane, START_LIMIT, startControlPlane } from './control-plane/start';
import { installCrds } from './crds';
import type { KubeObject } from './objects';
import { type Item, ofKind } from './output';
import { applyAll, changedByApplying } from './promises/apply';
import { repeatJobs, restartAll, runCronJobs, scaleToMaximum } from './promises/load';
import { delaysRollout, overruns, refusals } from './promises/quotas';
import { missingReferences } from './promises/references';
import { livePods, unsettled } from './promises/settled';
import { applyUpgrade } from './promises/upgrade';
import { type SampleOptions, sample, toItem } from './sample';
import { operate, prepare } from './stand-ins';
import { eventually } from './wait';

/** The checks of the suite on a tenant that keeps every promise, and on tenants that break one each. */
let plane: ControlPlane;

beforeAll(async () => {
  plane = await startControlPlane({ nodes: 3 });
  await installCrds(plane.client, ofKind(sample({ namespace: 'any' }), 'ExternalSecret'));
}, START_LIMIT);

afterAll(() => plane?.stop());

async function given(options: SampleOptions): Promise<{ items: Item[]; problems: string[] }> {
  const items = sample(options);
  await prepare(plane.client, items);
  const problems = await applyAll(plane.client, items);
  await operate(plane.client, items);
  return { items, problems };
}

type Check = (client: ControlPlane['client']) => Promise<string[]>;

/** Problems of one tenant only: the tests share a control plane. */
async function problemsOf(namespace: string, check: Check): Promise<string[]> {
  return (await check(plane.client)).filter((problem) => problem.includes(` ${namespace}/`));
}

/** Waits until a check finds something that matches. */
async function noticed(namespace: string, check: Check, pattern: RegExp): Promise<string[]> {
  return eventually(30, async () => {
    const found = await problemsOf(namespace, check);
    return found.some((problem) => pattern.test(problem)) ? [] : [`nothing matches ${pattern}: ${found.join('; ')}`];
  });
}

test('a good tenant keeps every promise', async () => {
  const { items, problems } = await given({ namespace: 'good' });
  expect(problems).toEqual([]);
  expect(await eventually(60, () => problemsOf('good', unsettled))).toEqual([]);
  expect(await changedByApplying(plane.client, items)).toEqual([]);
  expect(await scaleToMaximum(plane.client, items)).toBe(1);
  expect(await eventually(60, () => problemsOf('good', unsettled))).toEqual([]);
  expect(await livePods(plane.client, 'good', 'ReplicaSet')).toHaveLength(4);
  const started = [restartAll, runCronJobs, repeatJobs].map((start) => start(plane.client, items));
  expect(await Promise.all(started)).toEqual([2, 1, 1]);
  expect(await eventually(60, () => problemsOf('good', unsettled))).toEqual([]);
  expect((await problemsOf('good', refusals)).filter((refusal) => !delaysRollout(refusal))).toEqual([]);
  expect(await problemsOf('good', overruns)).toEqual([]);
  expect(await problemsOf('good', missingReferences)).toEqual([]);
  expect(await changedByApplying(plane.client, items)).toEqual([]);
});

test('an upgrade is taken if it renames its migration, and refused if it changes the one that ran', async () => {
  const cluster = (...items: Item[]) => ({ name: 'one', platform: items, tenants: [], argocd: [] });
  const image = `registry.example.com/app@sha256:${'f'.repeat(64)}`;
  const before = sample({ namespace: 'grown' });
  const after = sample({ namespace: 'grown', image });
  const renamed = after.map(({ object }) => {
    const name = object.metadata.name.replace('0a1b2c3d', '4e5f6071');
    return toItem({ ...object, metadata: { ...object.metadata, name } });
  });
  expect(await applyUpgrade(plane.client, cluster(...before), cluster(...renamed))).toEqual([]);
  const [refused, ...others] = await applyUpgrade(plane.client, cluster(...renamed), cluster(...after));
  expect(refused).toMatch(/apply Job grown\/migrate-0a1b2c3d: 422: .*field is immutable/);
  expect(others).toEqual([]);
});

test('a tenant whose pods are not hardened draws warnings, and Pod Security refuses every pod', async () => {
  const { problems } = await given({ namespace: 'soft', hardened: false });
  expect(problems).toContainEqual(expect.stringMatching(/Deployment soft\/web: warning: would violate PodSecurity/));
  expect(await noticed('soft', refusals, /violates PodSecurity "restricted:v1.36"/)).toEqual([]);
  expect(await problemsOf('soft', unsettled)).toContainEqual(expect.stringContaining('StatefulSet soft/database'));
});

test('a quota without room for a rollout is noticed, and the rollout does not end', async () => {
  const { items, problems } = await given({ namespace: 'tight', pods: 5 });
  expect(problems).toEqual([]);
  await scaleToMaximum(plane.client, items);
  expect(await eventually(60, () => problemsOf('tight', unsettled))).toEqual([]);
  await restartAll(plane.client, ofKind(items, 'Deployment').map(toItem));
  expect(await noticed('tight', refusals, /ReplicaSet tight\/web-.*exceeded quota: services/)).toEqual([]);
  expect(await eventually(5, () => problemsOf('tight', unsettled))).not.toEqual([]);
});

test('a quota of which more is used than there is gets noticed', async () => {
  const { items } = await given({ namespace: 'over' });
  expect(await eventually(60, () => problemsOf('over', unsettled))).toEqual([]);
  expect(await problemsOf('over', overruns)).toEqual([]);
  const [quota] = ofKind<KubeObject<{ hard: object }>>(items, 'ResourceQuota');
  await plane.client.merge(quota as KubeObject, { spec: { hard: { pods: '1' } } });
  expect(await noticed('over', overruns, /ResourceQuota over\/services: pods: 3 of 1 used/)).toEqual([]);
});

test('a Secret key that is not delivered is noticed although the fake pod runs', async () => {
  await given({ namespace: 'lost', secretKey: 'passwort' });
  expect(await eventually(60, () => problemsOf('lost', unsettled))).toEqual([]);
  const missing = 'names Secret lost/database passwort, which is not there';
  expect(await problemsOf('lost', missingReferences)).toContainEqual(expect.stringContaining(missing));
});

test('a sync that changes something is noticed', async () => {
  await given({ namespace: 'moved' });
  const next = sample({ namespace: 'moved', image: `registry.example.com/app@sha256:${'f'.repeat(64)}` });
  const deployments = ofKind(next, 'Deployment').map(toItem);
  const change = 'Deployment moved/web: applying it again changes spec.template.spec.containers.0.image';
  expect(await changedByApplying(plane.client, deployments)).toEqual([change]);
});

test('an empty list that the API drops is noticed, for every sync then moves the object', async () => {
  const { items } = await given({ namespace: 'empty' });
  const [policy] = ofKind<KubeObject<object>>(items, 'NetworkPolicy') as [KubeObject<object>];
  const verbose = toItem({ ...policy, spec: { ...policy.spec, ingress: [] } });
  expect(await applyAll(plane.client, [verbose])).toEqual([]);
  expect(await changedByApplying(plane.client, [verbose])).toEqual([
    expect.stringMatching(/NetworkPolicy empty\/default-deny: .* the API drops spec.ingress/),
  ]);
});

test('a misspelt field, an unknown kind and a field of another manager are refused', async () => {
  const { items } = await given({ namespace: 'strict' });
  const [web] = ofKind<KubeObject<object>>(items, 'Deployment') as [KubeObject<object>];
  const misspelt = toItem({ ...web, spec: { ...web.spec, replica: 2 } });
  const unknown = toItem({ ...web, apiVersion: 'apps/v3' });
  const owned = toItem({ ...web, spec: { ...web.spec, paused: false } });
  await plane.client.merge(web, { spec: { paused: true } });
  expect(await applyAll(plane.client, [misspelt])).toEqual([
    expect.stringContaining('.spec.replica: field not declared'),
  ]);
  expect(await applyAll(plane.client, [unknown])).toEqual([
    expect.stringContaining('does not know apps/v3 Deployment'),
  ]);
  expect(await applyAll(plane.client, [owned])).toEqual([expect.stringMatching(/409: .*conflict.*\.spec\.paused/)]);
});

test('an output that takes replicas back from the autoscaler is noticed', async () => {
  const { items } = await given({ namespace: 'back' });
  const [web] = ofKind<KubeObject<object>>(items, 'Deployment') as [KubeObject<object>];
  expect(await eventually(60, () => problemsOf('back', unsettled))).toEqual([]);
  await scaleToMaximum(plane.client, items);
  expect(await eventually(60, () => problemsOf('back', unsettled))).toEqual([]);
  const greedy = toItem({ ...web, spec: { ...web.spec, replicas: 2 } });
  const change = 'Deployment back/web: applying it again changes spec.replicas';
  expect(await changedByApplying(plane.client, [greedy])).toEqual([change]);
});

test('a suspended tenant keeps its own database and nothing else', async () => {
  const { problems } = await given({ namespace: 'asleep', suspended: true });
  expect(problems).toEqual([]);
  expect(await eventually(60, () => problemsOf('asleep', unsettled))).toEqual([]);
  expect(await livePods(plane.client, 'asleep', 'ReplicaSet')).toEqual([]);
  expect(await livePods(plane.client, 'asleep', 'StatefulSet')).toEqual(['Pod asleep/database-0']);
});
