import { show, suggest } from './errors';
import { parseWith } from './explain';
import type { BackingService, Offer, OfferContext } from './offer';
import type { Cluster, Engine, PlatformData } from './platform';
import type { Report } from './report';

/** Backing services of a product, resolved to offers for one tenant. */

export interface OffersContext {
  readonly id: string;
  readonly product: string;
  readonly environment: string;
  readonly namespace: string;
  readonly platform: PlatformData;
  readonly clusterName: string;
  readonly cluster: Cluster;
  readonly jurisdiction: string;
  /** Servers that the tenant names. */
  readonly servers: Readonly<Record<string, string>>;
  /** Options that the plan changes. */
  readonly plan: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly secretPath: (name: string) => string;
  readonly report: Report;
}

/** Resolves each; one that cannot be provided becomes a problem and is left out. */
export function resolveOffers(
  backing: readonly BackingService[],
  context: OffersContext,
  known: readonly string[],
): Offer[] {
  for (const name of Object.keys(context.servers)) {
    if (known.includes(name)) continue;
    const fix = known.length === 0 ? 'remove it' : suggest(name, known);
    context.report(
      'E_TENANT_UNKNOWN',
      `servers.${name}`,
      `${context.product} has no backing service ${show(name)}`,
      fix,
    );
  }
  return backing.flatMap((service) => {
    const offer = resolveOffer(service, context);
    if (offer === null) return [];
    if (offer.jurisdiction !== context.jurisdiction) {
      const where = offer.server === null ? service.name : `the server ${show(offer.server)}`;
      context.report(
        'E_RESIDENCY',
        `servers.${service.name}`,
        `${where} lies in ${show(offer.jurisdiction)}, and the data must stay in ${show(context.jurisdiction)}`,
        `name a server in ${context.jurisdiction}`,
      );
    }
    return [offer];
  });
}

// --- internal ---

class Refused extends Error {}

function resolveOffer(service: BackingService, context: OffersContext): Offer | null {
  const pinned = context.servers[service.name] ?? null;
  const refuse = (found: string, fix: string): never => {
    context.report(
      'E_BACKING',
      pinned === null ? 'placement' : `servers.${service.name}`,
      `${service.name}: ${found}`,
      fix,
    );
    throw new Refused();
  };
  const { data: options, problems } = parseWith(
    service.schema,
    { ...service.options, ...context.plan[service.name] },
    { code: 'E_PRODUCT_FIELD', file: '', prefix: service.name },
  );
  if (problems.length > 0) {
    for (const { found, fix, path } of problems)
      context.report('E_PRODUCT_FIELD', `backing.${path}`, `${context.product}: ${found}`, fix);
    return null;
  }
  const offerContext: OfferContext = {
    id: context.id,
    product: context.product,
    environment: context.environment,
    namespace: context.namespace,
    platform: context.platform,
    clusterName: context.clusterName,
    cluster: context.cluster,
    jurisdiction: context.jurisdiction,
    pinnedServer: pinned,
    secretPath: context.secretPath,
    server: (engine) => findServer(engine, pinned, context, refuse),
    refuse,
  };
  try {
    return service.offer(options, offerContext);
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}

function findServer(
  engine: Engine,
  pinned: string | null,
  context: OffersContext,
  refuse: (found: string, fix: string) => never,
) {
  const { platform, cluster, clusterName } = context;
  const name = pinned ?? cluster.servers[engine];
  const ofEngine = Object.entries(platform.servers).flatMap(([n, s]) => (s.engine === engine ? [n] : []));
  if (name === undefined)
    return refuse(
      `${show(clusterName)} has no ${engine} server`,
      `write clusters.${clusterName}.servers.${engine} in the platform, or name a server here`,
    );
  const server = Object.hasOwn(platform.servers, name) ? platform.servers[name] : undefined;
  if (server === undefined)
    return refuse(
      `unknown server ${show(name)}`,
      ofEngine.length === 0
        ? `add a ${engine} server to the platform`
        : `write ${ofEngine.map((n) => show(n)).join(' or ')}`,
    );
  if (server.engine !== engine)
    return refuse(
      `${show(name)} is a server of ${server.engine}, and ${engine} is needed`,
      `write ${ofEngine.map((n) => show(n)).join(' or ')}`,
    );
  return { name, server };
}
