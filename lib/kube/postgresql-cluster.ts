import type { IClusterSpec, IDatabaseSpec } from '@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1';
import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { PostgresqlDetails } from '../backing/postgresql';
import { ownServerResources } from '../model/capacity';
import type { OwnServer } from '../model/offer';
import { storage } from '../model/quantities';
import type { Space } from '../model/resolved';
import type { SecretPart } from '../model/values';
import { secretsName } from './environment';
import { metadata } from './metadata';
import { placement, quantities } from './operated';
import { serverSettings } from './postgresql';
import { WorkloadSecrets } from './secrets';

export interface PostgresqlClusterProps {
  readonly space: Space;
  readonly own: OwnServer;
  readonly details: PostgresqlDetails;
}

/** A PostgreSQL of a tenant's own, run by CloudNativePG. The operator's pods meet `restricted` by themselves. */
export class PostgresqlCluster extends Construct {
  readonly cluster: ApiObject;
  /** Keeps extensions up to date; null where there are none. */
  readonly database: ApiObject | null;
  /** Of the application's login and of the backup's, as the operator wants them. */
  readonly credentials: readonly WorkloadSecrets[];

  constructor(scope: Construct, id: string, { space, own, details }: PostgresqlClusterProps) {
    super(scope, id);
    this.credentials = [
      credentials(this, space, loginOf(own), details.login, details.password),
      credentials(this, space, backupOf(own), details.backupLogin, details.backupPassword),
    ];
    this.cluster = resource(this, space, 'Cluster', own.name, clusterSpec(space, own, details));
    this.database =
      details.extensions.length === 0 ? null : resource(this, space, 'Database', own.name, databaseSpec(own, details));
  }
}

// --- internal ---

const API = 'postgresql.cnpg.io/v1';

/** Holds data: neither the server nor its database goes without a confirmation. */
function resource(scope: Construct, space: Space, kind: string, name: string, spec: IClusterSpec | IDatabaseSpec) {
  const meta = metadata(space, name, { wave: 'server', component: name, confirm: true });
  return new ApiObject(scope, kind.toLowerCase(), { apiVersion: API, kind, metadata: meta, spec });
}

/** No service is called that, and so no other Secret is. */
function loginOf({ name }: OwnServer): string {
  return `${name}.login`;
}

function backupOf({ name }: OwnServer): string {
  return `${name}.backup`;
}

/** The label makes the operator look again whenever the password changes. */
function credentials(scope: Construct, space: Space, workload: string, username: string, password: SecretPart) {
  return new WorkloadSecrets(scope, workload, {
    space: { ...space, labels: { ...space.labels, 'cnpg.io/reload': 'true' } },
    workload,
    entries: [
      { key: 'username', parts: [username] },
      { key: 'password', parts: [password] },
    ],
  });
}

function clusterSpec(space: Space, own: OwnServer, details: PostgresqlDetails): IClusterSpec {
  const secret = { name: secretsName(loginOf(own)) };
  const { requests, limits } = ownServerResources(own);
  return {
    imageName: own.image,
    ...officialUser(own.image),
    instances: own.instances,
    // A budget for one pod would only block every drain of its node.
    enablePDB: own.instances > 1,
    enableSuperuserAccess: false,
    primaryUpdateStrategy: 'unsupervised',
    storage: {
      size: storage(own.storageGiB),
      storageClass: space.cluster.storageClass,
      resizeInUseVolumes: true,
    },
    resources: { requests: quantities(requests), limits: quantities(limits) },
    postgresql: { parameters: serverSettings(own, details) },
    bootstrap: {
      initdb: {
        database: details.database,
        owner: details.login,
        secret,
        encoding: 'UTF8',
        dataChecksums: true,
        postInitApplicationSQL: initialSql(details),
      },
    },
    managed: {
      roles: [
        { name: details.owner, ensure: 'present', login: false },
        { name: details.reader, ensure: 'present', login: false },
        {
          name: details.login,
          ensure: 'present',
          login: true,
          inRoles: [details.owner],
          connectionLimit: details.connections,
          passwordSecret: secret,
        },
        {
          name: details.backupLogin,
          ensure: 'present',
          login: true,
          inRoles: [details.reader],
          passwordSecret: { name: secretsName(backupOf(own)) },
        },
      ],
    },
    // Of pods and claims, which costs are added up by.
    inheritedMetadata: { labels: { ...space.labels } },
    priorityClassName: space.priorityClass,
    affinity: { enablePodAntiAffinity: true, podAntiAffinityType: 'preferred', ...placement(space) },
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

/**
 * The operator runs PostgreSQL as user and group 26, which its own images have. Docker's official ones call that user 70 on Alpine and
 * 999 on Debian, and no server starts as somebody that its image does not know. Whoever mirrors them keeps the path `library/postgres`.
 */
function officialUser(image: string): Pick<IClusterSpec, 'postgresUID' | 'postgresGID'> {
  const official = /^(?:(?:[^/]+\/)*library\/|(?:(?:index\.)?docker\.io\/)?)postgres(?=[:@]|$)([^@]*)/.exec(image);
  if (official === null) return {};
  const user = official[1]?.includes('alpine') ? 70 : 999;
  return { postgresUID: user, postgresGID: user };
}

/** What the operator does not do: who owns what, and what the backup may read. Runs once, as the superuser. */
function initialSql(details: PostgresqlDetails): string[] {
  const [database, owner, reader, login] = [details.database, details.owner, details.reader, details.login].map(quoted);
  return [
    `CREATE ROLE ${owner}`,
    `CREATE ROLE ${reader}`,
    `GRANT ${owner} TO ${login}`,
    `ALTER ROLE ${login} SET role TO ${owner}`,
    `ALTER DATABASE ${database} OWNER TO ${owner}`,
    `REVOKE ALL ON DATABASE ${database} FROM PUBLIC`,
    `GRANT CONNECT ON DATABASE ${database} TO ${reader}`,
    `ALTER DATABASE ${database} SET search_path TO app, public`,
    `CREATE SCHEMA app AUTHORIZATION ${owner}`,
    `GRANT USAGE ON SCHEMA app TO ${reader}`,
    `ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA app GRANT SELECT ON TABLES TO ${reader}`,
    `ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA app GRANT SELECT ON SEQUENCES TO ${reader}`,
    ...details.extensions.map((extension) => `CREATE EXTENSION IF NOT EXISTS ${quoted(extension)}`),
  ];
}

/** The operator runs plain text; nothing but a plain name gets into it. */
function quoted(name: string): string {
  if (!/^[a-z][a-z0-9_-]*$/.test(name)) throw new Error(`expected an SQL name, got ${JSON.stringify(name)}`);
  return `"${name}"`;
}

/** For extensions that are asked for after the server was made. */
function databaseSpec(own: OwnServer, details: PostgresqlDetails): IDatabaseSpec {
  return {
    name: details.database,
    owner: details.owner,
    cluster: { name: own.name },
    ensure: 'present',
    databaseReclaimPolicy: 'retain',
    extensions: details.extensions.map((name) => ({ name, ensure: 'present' })),
  };
}
