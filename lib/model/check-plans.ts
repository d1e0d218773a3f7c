import { checkResources, checkScaling, checkVolumes } from './check-services';
import { formatPath } from './explain';
import type { Plan } from './plan-schema';
import type { ProductScope } from './product-scope';
import { connectionsOf, connectionsOfJob, type IsMet } from './resolve-services';
import { window } from './schedule';

/** What is wrong with the plans of a product. */

export function checkPlans(scope: ProductScope): void {
  for (const [name, plan] of Object.entries(scope.product.plans)) {
    const path = `plans.${name}`;
    for (const service of Object.keys(plan.services)) {
      scope.known(`${path}.services.${service}`, 'service', service, scope.services);
      checkSizes(scope, `${path}.services.${service}`, service, plan);
    }
    for (const feature of Object.keys(plan.features))
      scope.known(`${path}.features.${feature}`, 'feature', feature, scope.features);
    for (const backing of Object.keys(plan.backing))
      scope.known(`${path}.backing.${backing}`, 'backing service', backing, scope.backing);
    if (isUnlimited(plan) && plan.nodePool === null) {
      scope.add(
        `${path}.quota`,
        '"unlimited" without a node pool that bounds it',
        'name one in nodePool, or write a quota',
      );
    }
    for (const limit of scope.limits) {
      if (!Object.hasOwn(plan.limits, limit))
        scope.add(
          formatPath(`${path}.limits`, [limit]),
          'other plans have this limit and this one does not',
          'write a number or "unlimited"',
        );
    }
    const problem = plan.backup.window === null ? undefined : window(plan.backup.window).problem;
    if (problem !== undefined) scope.add(`${path}.backup.window`, problem, 'write two different times');
    checkContainers(scope, `${path}.containers`, plan.containers);
  }
}

/** A service must not run where what it uses is not to be had, as far as a plan shows; the rest shows in a tenant's choice. */
export function checkFeatures(scope: ProductScope): void {
  for (const [plan, { features }] of Object.entries(scope.product.plans)) {
    for (const [name, service] of Object.entries(scope.product.services)) {
      const runs = service.feature === null ? 'included' : features[service.feature];
      const jobs = Object.values(scope.product.jobs).filter((job) => job.service === name);
      for (const { name: used, feature } of scope.product.backing) {
        if (runs === undefined || feature === null || feature === service.feature) continue;
        // A value that counts only where the feature is on asks for nothing where it is off.
        const isMet: IsMet = (conditions) =>
          !conditions.some((condition) => condition.on && condition.feature === feature);
        const connections = [connectionsOf(service, isMet), ...jobs.map((job) => connectionsOfJob(job, isMet))];
        if (!connections.some(({ uses }) => uses.includes(used))) continue;
        const given = features[feature];
        if (given === 'included' || (given === 'optional' && runs === 'optional')) continue;
        const when = given === undefined ? 'is not to be had on this plan' : 'is off unless a tenant asks';
        scope.add(
          `plans.${plan}.features`,
          `services.${name} uses ${used}, and its feature ${feature} ${when}`,
          `write ${feature}: 'included', or feature: '${feature}' in services.${name}`,
        );
      }
    }
  }
}

// --- internal ---

/** As a whole, or in a field. */
function isUnlimited({ quota }: Plan): boolean {
  return quota === 'unlimited' || (typeof quota === 'object' && Object.values(quota).includes('unlimited'));
}

/** Sizes of one service in one plan. */
function checkSizes(scope: ProductScope, path: string, name: string, plan: Plan): void {
  const sizes = plan.services[name];
  const service = scope.product.services[name];
  if (service === undefined || sizes === undefined) return;
  for (const volume of Object.keys(sizes.volumes ?? {}))
    scope.known(`${path}.volumes.${volume}`, 'volume', volume, Object.keys(service.volumes));
  if (sizes.replicas !== undefined) checkVolumes(scope, path, { ...service, replicas: sizes.replicas });
  checkScaling(scope, `${path}.scaling`, { ...service.scaling, ...sizes.scaling });
  if (sizes.resources !== undefined) checkResources(scope, `${path}.resources`, sizes.resources);
}

/** Bounds and defaults in their order, as far as they are written. */
function checkContainers(scope: ProductScope, path: string, containers: Plan['containers']): void {
  const order = ['min', 'defaultRequest', 'default', 'max'] as const;
  for (const key of ['cpu', 'memoryMiB', 'ephemeralMiB'] as const) {
    const written = order.flatMap((bound) => {
      const amount = containers[bound]?.[key];
      return amount === undefined ? [] : [{ bound, amount }];
    });
    for (const [i, { bound, amount }] of written.entries()) {
      const before = written[i - 1];
      if (before !== undefined && before.amount > amount)
        scope.add(
          `${path}.${bound}.${key}`,
          `${amount} is below ${before.bound}, ${before.amount}`,
          `write at least ${before.amount}`,
        );
    }
  }
}
