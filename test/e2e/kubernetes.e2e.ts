import { say } from './control-plane/cache';
import { type ControlPlane, START_LIMIT, startControlPlane } from './control-plane/start';
import { installCrds } from './crds';
import { type ClusterOutput, everything, type Item, ofKind } from './output';
import { applyAll, changedByApplying } from './promises/apply';
import { repeatJobs, restartAll, runCronJobs, scaleToMaximum } from './promises/load';
import { typeErrors } from './promises/policies';
import { delaysRollout, overruns, refusals } from './promises/quotas';
import { missingReferences } from './promises/references';
import { livePods, unsettled } from './promises/settled';
import { applyUpgrade } from './promises/upgrade';
import { currentDist, earlierDist } from './repository';
import { foreignNamespaces, operate, prepare } from './stand-ins';
import { eventually } from './wait';

/** What the output promises. Each cluster of the platform has a control plane, and all are tried at the same time. */
interface Trial extends ControlPlane {
  readonly name: string;
  readonly items: readonly Item[];
  /** Without the suspended tenants. */
  readonly active: readonly Item[];
}

const dist = currentDist();
const { clusters, suspended } = dist;

/** Two cores take minutes for what is a matter of seconds elsewhere; nothing waits once all is well. */
const SETTLE_SECONDS = 400;

/** Namespaces that no output makes, because an operator's chart or Terraform's bootstrap does. */
const FOREIGN = ['argocd'];

/** What is wrong in any cluster, with its name before it. */
async function inEvery<T extends { name: string }>(trials: T[], check: (trial: T) => Promise<string[]>) {
  const found = await Promise.all(trials.map(async (trial) => [trial.name, await check(trial)] as const));
  return found.flatMap(([name, problems]) => problems.map((problem) => `${name}: ${problem}`));
}

describe('the output', () => {
  const trials: Trial[] = [];
  const overrun = new Set<string>();

  /** Waits for all pods and, meanwhile, looks at the quotas. */
  const settles = ({ client, name }: Trial) =>
    eventually(SETTLE_SECONDS, async () => {
      for (const problem of await overruns(client)) overrun.add(`${name}: ${problem}`);
      return unsettled(client);
    });

  beforeAll(async () => {
    for (const cluster of clusters) {
      const items = everything(cluster);
      const active = cluster.tenants.filter(({ name }) => !suspended.includes(name)).flatMap((tenant) => tenant.items);
      trials.push({ ...(await startControlPlane()), name: cluster.name, items, active });
    }
    const objects = (items: readonly Item[]) => items.map(({ object }) => object);
    const open = await inEvery(trials, ({ client, items }) => installCrds(client, objects(items)));
    if (open.length > 0) say(`no CRD to be had, so any content is accepted: ${open.join(', ')}`);
    await Promise.all(trials.map(({ client, items }) => prepare(client, items)));
  }, START_LIMIT);

  afterAll(() => Promise.all(trials.map((trial) => trial.stop())));

  test('has clusters and tenants in them', () => {
    expect(clusters.flatMap((cluster) => cluster.tenants)).not.toHaveLength(0);
  });

  test('puts every object into a namespace that somebody makes', () => {
    const foreign = clusters.flatMap((cluster) => foreignNamespaces(everything(cluster)));
    expect(foreign.filter((name) => !FOREIGN.includes(name))).toEqual([]);
  });

  test('is taken by the API server without an error or a warning', async () => {
    expect(await inEvery(trials, ({ client, items }) => applyAll(client, items))).toEqual([]);
    await Promise.all(trials.map(({ client, items }) => operate(client, items)));
  });

  test('comes to life: every pod runs and every Job completes', async () => {
    expect(await inEvery(trials, settles)).toEqual([]);
  });

  test('has every Secret and ConfigMap that a pod names, with the key', async () => {
    expect(await inEvery(trials, ({ client }) => missingReferences(client))).toEqual([]);
  });

  test('has no type errors in admission policies', async () => {
    expect(await inEvery(trials, ({ client }) => eventually(30, () => typeErrors(client)))).toEqual([]);
  });

  test('is not changed by a second sync', async () => {
    expect(await inEvery(trials, ({ client, items }) => changedByApplying(client, items))).toEqual([]);
  });

  test('has room for all autoscalers at their maximum, and no pod is refused on the way', async () => {
    const scaled = await Promise.all(trials.map(({ client, active }) => scaleToMaximum(client, active)));
    expect(scaled).toEqual(trials.map(({ active }) => ofKind(active, 'HorizontalPodAutoscaler').length));
    expect(await inEvery(trials, settles)).toEqual([]);
    expect(await inEvery(trials, ({ client }) => refusals(client))).toEqual([]);
  });

  test('has room, on top of that, for a rollout of everything with every backup and migration at once', async () => {
    const starts = [restartAll, runCronJobs, repeatJobs];
    await Promise.all(trials.flatMap(({ client, items }) => starts.map((start) => start(client, items))));
    expect(await inEvery(trials, settles)).toEqual([]);
    const refused = await inEvery(trials, async ({ client }) =>
      (await refusals(client)).filter((refusal) => !delaysRollout(refusal)),
    );
    expect(refused).toEqual([]);
  });

  test('never uses more of a quota than there is', () => {
    expect([...overrun]).toEqual([]);
  });

  test('takes nothing back from the autoscalers by the next sync', async () => {
    expect(await inEvery(trials, ({ client, items }) => changedByApplying(client, items))).toEqual([]);
  });

  for (const cluster of clusters) {
    for (const { name, items } of cluster.tenants.filter((tenant) => suspended.includes(tenant.name))) {
      test(`runs no service of ${name}, which is suspended`, async () => {
        const trial = trials.find((running) => running.name === cluster.name) as Trial;
        const [namespace, ...others] = ofKind(items, 'Namespace').map(({ metadata }) => metadata.name);
        expect(others).toEqual([]);
        expect(await livePods(trial.client, namespace as string, 'ReplicaSet')).toEqual([]);
      });
    }
  }
});

describe('an upgrade', () => {
  const before = earlierDist(dist);
  const trials: (ControlPlane & { name: string; before: ClusterOutput; after: ClusterOutput })[] = [];

  beforeAll(async () => {
    for (const after of clusters) {
      const same = before?.clusters.find((cluster) => cluster.name === after.name) ?? after;
      trials.push({ ...(await startControlPlane()), name: after.name, before: same, after });
    }
  }, START_LIMIT);

  afterAll(() => Promise.all(trials.map((trial) => trial.stop())));

  test(`from ${before?.source ?? 'the same output'} touches no field that may not change`, async () => {
    expect(await inEvery(trials, (trial) => applyUpgrade(trial.client, trial.before, trial.after))).toEqual([]);
  }, 1_000_000);
});
