import { Construct } from 'constructs';
import type { PostgresqlDetails } from '../backing/postgresql';
import type { RedisDetails } from '../backing/redis';
import type { Offer, OwnServer } from '../model/offer';
import type { Space } from '../model/resolved';
import { PlainServer } from './plain-server';
import { plainPostgresql } from './postgresql';
import { PostgresqlCluster } from './postgresql-cluster';
import { plainRedis } from './redis';

export interface ServersProps {
  readonly space: Space;
}

/** The servers that a tenant has for itself. They stay up while it is suspended: their data is backed up from them. */
export class Servers extends Construct {
  /** By name of the backing service. */
  readonly servers: ReadonlyMap<string, PlainServer | PostgresqlCluster>;

  constructor(scope: Construct, id: string, { space }: ServersProps) {
    super(scope, id);
    const own = space.offers.flatMap((offer) => (offer.own === null ? [] : [{ offer, own: offer.own }]));
    this.servers = new Map(own.map(({ offer, own }) => [offer.name, server(this, space, offer, own)]));
  }
}

// --- internal ---

function server(scope: Construct, space: Space, offer: Offer, own: OwnServer): PlainServer | PostgresqlCluster {
  switch (offer.kind) {
    case 'postgresql': {
      const details = offer.details as PostgresqlDetails;
      return details.operator === 'cloudnative-pg'
        ? new PostgresqlCluster(scope, own.name, { space, own, details })
        : new PlainServer(scope, own.name, { space, own, ...plainPostgresql(own, details) });
    }
    case 'redis':
      return new PlainServer(scope, own.name, { space, own, ...plainRedis(own, offer.details as RedisDetails) });
    default:
      throw new Error(`no way is known to run a server of kind ${offer.kind} on Kubernetes (${offer.name})`);
  }
}
