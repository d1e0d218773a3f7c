import { FIRST_CREDENTIAL } from '../../lib/model/credentials';
import type { Offer, OfferContext } from '../../lib/model/offer';
import { type Cluster, type PlatformData, platformSchema, type Server } from '../../lib/model/platform';
import type { Parts } from '../../lib/model/values';

/** A made-up context of offers: tenant acme of the product shop on eu-1, with a server of every engine. */

const place = (host: string, port: number) => ({
  version: '1.0',
  region: 'eu',
  host,
  port,
  peer: { cidr: '10.20.0.0/24' },
});

export const SERVERS: Readonly<Record<string, Server>> = platformSchema.shape.servers.parse({
  'pg-eu': { engine: 'postgresql', ...place('pg.eu.example', 5432), version: '17.5' },
  'mysql-eu': { engine: 'mysql', ...place('mysql.eu.example', 3306), version: '11.8.3' },
  'redis-eu': { engine: 'redis', ...place('redis.eu.example', 6379) },
  'rabbit-eu': {
    engine: 'rabbitmq',
    ...place('rabbit.eu.example', 5672),
    cluster: { name: 'rabbit', namespace: 'rabbitmq' },
  },
  's3-eu': { engine: 's3', ...place('s3.eu.example', 443), storageRegion: 'eu-central-1' },
  'sso-eu': { engine: 'oidc', ...place('sso.eu.example', 443) },
});

const cluster: Pick<Cluster, 'operators' | 'apiServer' | 'storageClass'> = {
  operators: ['cloudnative-pg', 'mariadb-operator', 'rabbitmq-topology'],
  apiServer: null,
  storageClass: 'fast',
};

export interface ContextChanges extends Partial<Omit<OfferContext, 'cluster' | 'server'>> {
  readonly cluster?: Partial<Cluster>;
  /** Instead of the server of each engine, by its name. */
  readonly servers?: Readonly<Record<string, Server>>;
}

/** What a refusal throws: the found part and the fix. */
export class Refusal extends Error {}

export function offerContext({ cluster: changes, servers = {}, ...rest }: ContextChanges = {}): OfferContext {
  const all = { ...SERVERS, ...servers };
  const context = {
    id: 'acme',
    product: 'shop',
    environment: 'production',
    namespace: 'shop-acme',
    platform: { regions: { eu: { jurisdiction: 'eu' } }, servers: all } as unknown as PlatformData,
    clusterName: 'eu-1',
    cluster: { ...cluster, ...changes } as Cluster,
    jurisdiction: 'eu',
    apex: 'shop.example',
    domains: [],
    hosts: { web: ['acme.shop.example'] },
    sharedHosts: [],
    settings: {},
    features: {},
    limits: {},
    pinnedServer: null,
    credential: FIRST_CREDENTIAL,
    shared: (name: string): Offer => context.refuse(`no shared backing service ${name}`, 'name another'),
    server: (engine: string) => {
      const found = Object.entries(all).findLast(([, server]) => server.engine === engine);
      if (found === undefined) throw new Error(`no server of engine ${engine}`);
      return { name: found[0], server: found[1] };
    },
    refuse: (found: string, fix: string): never => {
      throw new Refusal(`${found} - ${fix}`);
    },
    ...rest,
    secretPath: (name: string) => `production/shop/${rest.id ?? 'acme'}/${name}`,
  } as OfferContext;
  return context;
}

/** With secrets as `<path#key:encoding>`. */
export function written(parts: Parts | undefined): string {
  return (parts ?? [])
    .map((part) => (typeof part === 'string' ? part : `<${part.path}#${part.key}:${part.encode}>`))
    .join('');
}

/** Every output, written out. */
export function outputs(offer: Offer): Record<string, string> {
  return Object.fromEntries(Object.entries(offer.outputs).map(([name, parts]) => [name, written(parts)]));
}

/** Claims as `space name`, with an asterisk where data is behind them. */
export function claims(offer: Offer): string[] {
  return offer.claims.map(({ space, name, stateful }) => `${space} ${name}${stateful ? ' *' : ''}`);
}
