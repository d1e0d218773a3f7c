import { show } from './errors';
import { cut, expand } from './names';
import { egressProblem } from './outside';
import type { PlatformModel } from './parse-platform';
import type { Report } from './report';
import { type Chosen, checkSizes, chooseServiceOverrides } from './resolve-choices';
import { inSteps, resolveJob, resolveService } from './resolve-services';
import type { ResolvedIdentity, ResolvedJob, ResolvedService } from './resolved';
import type { TenantData } from './tenant';
import type { Condition, Parts, Reference } from './values';

/** What runs in a tenant's namespace, and as whom. */

export interface WorkloadsContext {
  /** Services that are switched on. */
  readonly enabled: ReadonlySet<string>;
  readonly features: Readonly<Record<string, boolean>>;
  readonly lookup: (reference: Reference) => Parts;
  readonly report: Report;
}

export interface ResolvedWorkloads {
  readonly services: readonly ResolvedService[];
  readonly jobs: readonly ResolvedJob[];
  readonly identities: readonly ResolvedIdentity[];
}

export function resolveWorkloads(
  platform: PlatformModel,
  { product, cluster, plan }: Chosen,
  data: TenantData,
  { enabled, features, lookup, report }: WorkloadsContext,
): ResolvedWorkloads {
  const identities = Object.entries(product.identities).map(([name, { serviceAccount, ...identity }]) => ({
    name,
    serviceAccount: cut(expand(serviceAccount, { id: data.id }), 'dnsLabel'),
    ...identity,
  }));
  const accounts = Object.fromEntries(identities.map(({ name, serviceAccount }) => [name, serviceAccount]));
  const overrides = chooseServiceOverrides(product, enabled, data, report);
  const isMet = (conditions: readonly Condition[]) => conditions.every((c) => (features[c.feature] === true) === c.on);
  const context = { lookup, identities: accounts, plan: plan.services, overrides, isMet };
  const every = [...enabled].flatMap((name): ResolvedService[] => {
    const service = product.services[name];
    if (service === undefined) return [];
    const resolved = resolveService(name, service, context);
    checkSizes(name, resolved, report);
    checkPlace(platform, { product, cluster, plan }, data.placement, resolved, report);
    return [{ ...resolved, calls: resolved.calls.filter((called) => enabled.has(called)) }];
  });
  const services = inSteps(every);
  const jobs = Object.entries(product.jobs).flatMap(([name, job]) => {
    const of = services.find((service) => service.name === job.service);
    return of === undefined ? [] : [resolveJob(name, job, of, lookup, isMet)];
  });
  return { services, jobs, identities };
}

// --- internal ---

/** Whether the cluster has what a service reaches out to. */
function checkPlace(
  platform: PlatformModel,
  { product, cluster }: Chosen,
  placement: string,
  { name, identity, egress }: ResolvedService,
  report: Report,
): void {
  if (identity !== null && cluster.apiServer === null) {
    const found = `${name} acts on the API server, and ${show(placement)} does not say where that is`;
    const path = `clusters.${placement}.apiServer`;
    report('E_PLATFORM_FIELD', path, found, 'write apiServer: { cidrs: [...] }', platform.file);
  }
  for (const { to } of egress) {
    const problem = egressProblem(to, cluster);
    if (problem !== null)
      report(
        'E_TENANT_PLAN',
        'placement',
        `${name} of ${product.name} cannot run on ${show(placement)}: ${problem}`,
        'narrow the egress of the product',
      );
  }
}
