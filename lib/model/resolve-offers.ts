import { isDeepStrictEqual } from 'node:util';
import { type Credential, FIRST_CREDENTIAL } from './credentials';
import { show, suggest } from './errors';
import { formatPath, parseWith } from './explain';
import type { BackingService, Offer, OfferContext, SecretSpec } from './offer';
import type { PlatformModel } from './parse-platform';
import type { Cluster, Engine, Server } from './platform';
import type { Report } from './report';

/** Backing services of a product, resolved to offers for one tenant. */

export interface OffersContext
  extends Pick<OfferContext, 'apex' | 'domains' | 'hosts' | 'sharedHosts' | 'settings' | 'features' | 'limits'> {
  readonly id: string;
  readonly product: string;
  readonly environment: string;
  readonly namespace: string;
  readonly platform: PlatformModel;
  readonly clusterName: string;
  readonly cluster: Cluster;
  readonly jurisdiction: string;
  /** Servers that the tenant names. */
  readonly servers: Readonly<Record<string, string>>;
  /** Options that the plan changes, and those that the tenant's overrides do. */
  readonly plan: OptionChanges;
  readonly overrides: OptionChanges;
  /** Which logins are in use, and their versions. */
  readonly credentials: Readonly<Record<string, Credential>>;
  /** What the product's shared services have on this cluster. */
  readonly shared: readonly Offer[];
  /** Where the platform's file says what is asked for, such as `products.shop.backing`. */
  readonly productPath: string;
  readonly secretPath: (name: string) => string;
  readonly report: Report;
}

/** Options by the name of the backing service. */
export type OptionChanges = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Options with some replaced; objects inside them are merged, so that a plan that writes a size keeps the image. */
export function withOptions(
  options: Readonly<Record<string, unknown>>,
  changes: Readonly<Record<string, unknown>> | undefined,
): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...options };
  for (const [key, value] of Object.entries(changes ?? {})) {
    const before = Object.hasOwn(options, key) ? options[key] : undefined;
    merged[key] = isPlainObject(before) && isPlainObject(value) ? withOptions(before, value) : value;
  }
  return merged;
}

/** Resolves each; one that cannot be provided becomes a problem and is left out. */
export function resolveOffers(
  backing: readonly BackingService[],
  context: OffersContext,
  known: readonly string[],
): Offer[] {
  for (const [path, names] of [
    ['servers', context.servers],
    ['overrides.backing', context.overrides],
  ] as const) {
    for (const name of Object.keys(names)) {
      if (known.includes(name)) continue;
      const fix = known.length === 0 ? 'remove it' : suggest(name, known);
      const found = `${context.product} has no backing service ${show(name)}`;
      context.report('E_TENANT_UNKNOWN', formatPath(path, [name]), found, fix);
    }
  }
  const offers = backing.flatMap((service) => {
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
  checkServers(offers, context);
  checkDigests(offers, context);
  checkApart(offers, context);
  return offers;
}

// --- internal ---

/** A server that is named and not taken is believed to hold the data, and does not. */
function checkServers(offers: readonly Offer[], { servers, report }: OffersContext): void {
  for (const { name, server } of offers) {
    if (!Object.hasOwn(servers, name) || servers[name] === server) continue;
    const found =
      server === null
        ? `${name} is on no server of the platform here`
        : `${name} is on ${show(server)}, with the product’s shared services`;
    report('E_BACKING', formatPath('servers', [name]), found, 'remove it');
  }
}

/** Images of own servers are the product's, as those of services are. */
function checkDigests(offers: readonly Offer[], { platform, productPath, report }: OffersContext): void {
  if (!platform.requireDigests) return;
  for (const { name, own } of offers) {
    if (own === null || own.image.includes('@sha256:')) continue;
    const found = `${show(own.image)} has no digest, and requireDigests demands one`;
    const path = `${productPath}.${name}.own.image`;
    report('E_PLATFORM_FIELD', path, found, 'write image:tag@sha256:... as the registry reports it', platform.file);
  }
}

/**
 * Two backing services of one tenant must not want the same name, or one would be given the other's data. Those of one kind may
 * share a credential, as one user of several buckets does.
 */
function checkApart(offers: readonly Offer[], { platform, productPath, servers, report }: OffersContext): void {
  const holders = new Map<string, { readonly offer: Offer; readonly spec: SecretSpec | null }>();
  for (const offer of offers) {
    const wanted = [
      // Groups say who may use a client, and several clients may be for the same people.
      ...offer.claims.flatMap(({ space, name }) => (space === 'oauth-group' ? [] : [{ space, name, spec: null }])),
      ...offer.secrets.map((spec) => ({ space: 'secret-path', name: spec.path, spec })),
    ];
    const taken = wanted.find(({ space, name, spec }) => {
      const holder = holders.get(`${space} ${name}`);
      if (holder === undefined) return false;
      const isShared = spec !== null && holder.offer.kind === offer.kind && isDeepStrictEqual(spec, holder.spec);
      return !isShared;
    });
    if (taken !== undefined) {
      const holder = holders.get(`${taken.space} ${taken.name}`)?.offer.name;
      const found = `${holder} and ${offer.name} both want the ${taken.space} ${show(taken.name)}`;
      const pinned = Object.hasOwn(servers, offer.name);
      const fix = pinned ? 'name another server' : 'give one of them other names by its options, or use one for both';
      if (pinned) report('E_BACKING', `servers.${offer.name}`, found, fix);
      else report('E_PRODUCT_FIELD', `${productPath}.${offer.name}`, found, fix, platform.file);
    }
    for (const { space, name, spec } of wanted) holders.set(`${space} ${name}`, { offer, spec });
  }
}

class Refused extends Error {}

function changesOf(changes: OptionChanges, { name }: BackingService) {
  return Object.hasOwn(changes, name) ? changes[name] : undefined;
}

function resolveOffer(service: BackingService, context: OffersContext): Offer | null {
  const pinned = Object.hasOwn(context.servers, service.name) ? (context.servers[service.name] ?? null) : null;
  const overridden = changesOf(context.overrides, service);
  const refuse = (found: string, fix: string, option?: string): never => {
    const path = pinned === null ? 'placement' : `servers.${service.name}`;
    if (option === undefined) context.report('E_BACKING', path, `${service.name}: ${found}`, fix);
    else if (overridden !== undefined && Object.hasOwn(overridden, option))
      context.report('E_TENANT_FIELD', formatPath('overrides.backing', [service.name, option]), found, fix);
    else
      context.report(
        'E_PRODUCT_FIELD',
        `${context.productPath}.${service.name}.${option}`,
        found,
        fix,
        context.platform.file,
      );
    throw new Refused();
  };
  const { data: options, problems } = parseWith(
    service.schema,
    withOptions(withOptions(service.options, changesOf(context.plan, service)), overridden),
    { code: 'E_PRODUCT_FIELD', file: '', prefix: service.name },
  );
  if (problems.length > 0 && overridden !== undefined) {
    // The plan's options were right by themselves.
    for (const { found, fix, path } of problems)
      context.report('E_TENANT_FIELD', `overrides.backing.${path}`, found, fix);
    return null;
  }
  if (problems.length > 0) {
    for (const { found, fix, path } of problems)
      context.report('E_PRODUCT_FIELD', `${context.productPath}.${path}`, found, fix, context.platform.file);
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
    apex: context.apex,
    domains: context.domains,
    hosts: context.hosts,
    sharedHosts: context.sharedHosts,
    settings: context.settings,
    features: context.features,
    limits: context.limits,
    shared: (name) => {
      const found = context.shared.find((offer) => offer.name === name);
      return found ?? refuse(`the shared services have no backing service ${show(name)}`, 'write one that they have');
    },
    pinnedServer: pinned,
    credential:
      (Object.hasOwn(context.credentials, service.name) ? context.credentials[service.name] : undefined) ??
      FIRST_CREDENTIAL,
    secretPath: context.secretPath,
    // The union's member is the one of the engine that is looked for.
    server: <E extends Engine>(engine: E) =>
      findServer(engine, pinned, context, refuse) as { name: string; server: Extract<Server, { readonly engine: E }> },
    refuse,
  };
  try {
    return withVersions(service.offer(options, offerContext), offerContext.credential);
  } catch (error) {
    if (error instanceof Refused) return null;
    // Kinds may be anybody's; what one of them throws is a mistake of the product, told with the others.
    const path = `${context.productPath}.${service.name}`;
    const found = `it cannot be resolved for ${context.id}: ${error instanceof Error ? error.message : show(error)}`;
    context.report('E_PRODUCT_FIELD', path, found, 'mend the backing service', context.platform.file);
    return null;
  }
}

/** Says of each secret which one it is, where the kind did not. */
function withVersions(offer: Offer, credential: Credential): Offer {
  const secrets = offer.secrets.map((secret) => {
    const use = secret.use ?? 'value';
    return { ...secret, use, version: secret.version ?? credential[use].version };
  });
  return { ...offer, secrets };
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

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
