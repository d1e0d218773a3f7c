import { Construct } from 'constructs';
import type { MysqlDetails } from '../backing/mysql';
import type { PostgresqlDetails } from '../backing/postgresql';
import type { RabbitmqDetails } from '../backing/rabbitmq';
import type { RedisDetails } from '../backing/redis';
import type { Offer, OwnServer } from '../model/offer';
import type { Space } from '../model/resolved';
import { MariadbServer } from './mariadb';
import { PlainServer } from './plain-server';
import { plainPostgresql } from './postgresql';
import { PostgresqlCluster } from './postgresql-cluster';
import { RabbitmqTopology } from './rabbitmq';
import { plainRedis } from './redis';

export interface ServersProps {
  readonly space: Space;
}

/**
 * The servers that a tenant has for itself, and what operators make for it on those that it shares. They stay while it is suspended:
 * data is backed up from them.
 */
export class Servers extends Construct {
  /** By name of the backing service. */
  readonly servers: ReadonlyMap<string, Construct>;

  constructor(scope: Construct, id: string, { space }: ServersProps) {
    super(scope, id);
    this.servers = new Map(
      space.offers.flatMap((offer) => {
        const part = partOf(offer);
        return part === null ? [] : [[offer.name, part(this, space)]];
      }),
    );
  }
}

/** Whether a backing service has objects in the namespace. */
export function hasObjects(offer: Offer): boolean {
  return partOf(offer) !== null;
}

// --- internal ---

/** Makes the objects of one backing service. */
type Part = (scope: Construct, space: Space) => Construct;

/** A server of the tenant's own, by kind. A kind is one line here. */
const OWN: Readonly<Record<string, (own: OwnServer, offer: Offer) => Part>> = {
  postgresql: (own, offer) => postgresql(own, offer.details as PostgresqlDetails),
  mysql: (own, offer) => (scope, space) =>
    new MariadbServer(scope, own.name, { space, own, details: offer.details as MysqlDetails }),
  redis: (own, offer) => (scope, space) =>
    new PlainServer(scope, own.name, { space, own, ...plainRedis(own, offer.details as RedisDetails) }),
};

/** What an operator makes on a server that tenants share, by kind. Terraform makes the others, which have no line here. */
const SHARED: Readonly<Record<string, (offer: Offer) => Part>> = {
  rabbitmq: (offer) => (scope, space) =>
    new RabbitmqTopology(scope, offer.name, { space, name: offer.name, details: offer.details as RabbitmqDetails }),
};

function partOf(offer: Offer): Part | null {
  const { kind, name, own } = offer;
  if (own === null) return (Object.hasOwn(SHARED, kind) ? SHARED[kind] : undefined)?.(offer) ?? null;
  const part = Object.hasOwn(OWN, kind) ? OWN[kind] : undefined;
  if (part === undefined) throw new Error(`no way is known to run a server of kind ${kind} on Kubernetes (${name})`);
  return part(own, offer);
}

function postgresql(own: OwnServer, details: PostgresqlDetails): Part {
  return (scope, space) =>
    details.operator === 'cloudnative-pg'
      ? new PostgresqlCluster(scope, own.name, { space, own, details })
      : new PlainServer(scope, own.name, { space, own, ...plainPostgresql(own, details) });
}
