import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { MysqlDetails } from '../backing/mysql';
import { ownServerResources } from '../model/capacity';
import type { OwnServer } from '../model/offer';
import { memory, storage } from '../model/quantities';
import type { Space } from '../model/resolved';
import type { SecretPart } from '../model/values';
import { secretsName } from './environment';
import { metadata } from './metadata';
import { placement, quantities } from './operated';
import { WorkloadSecrets } from './secrets';

export interface MariadbServerProps {
  readonly space: Space;
  readonly own: OwnServer;
  readonly details: MysqlDetails;
}

/**
 * A MariaDB of a tenant's own, run by mariadb-operator (fields as in its v26.6.0), with its database, the application's login and the
 * backup's. One instance without replication has no agent beside it, and its pods never talk to the API server.
 */
export class MariadbServer extends Construct {
  readonly server: ApiObject;
  readonly database: ApiObject;
  /** Of the application and of the backup. */
  readonly users: readonly ApiObject[];
  readonly grants: readonly ApiObject[];
  readonly credentials: readonly WorkloadSecrets[];

  constructor(scope: Construct, id: string, { space, own, details }: MariadbServerProps) {
    super(scope, id);
    const logins = loginsOf(own, details);
    const made = (kind: string, name: string, spec: object) => resource(this, space, own, kind, name, spec);
    this.credentials = logins.map(({ workload, password }) => credentials(this, space, workload, password));
    this.server = made('MariaDB', own.name, serverSpec(space, own, details));
    this.database = made('Database', own.name, databaseSpec(own, details));
    this.users = logins.map((login) => made('User', login.name, userSpec(own, login)));
    this.grants = logins.flatMap(({ name, user, rights }) =>
      rights.map(({ suffix, ...right }) => made('Grant', `${name}${suffix}`, grantSpec(own, user, right))),
    );
  }
}

// --- internal ---

const API = 'k8s.mariadb.com/v1alpha1';

/** The operator looks again whenever a Secret with this label changes. */
const WATCH_LABEL = 'k8s.mariadb.com/watch';

/** User and group `mysql` of MariaDB's images. */
const USER = 999;

/** Where the server writes besides its volume. */
const SCRATCH = { tmp: '/tmp', run: '/run/mysqld' };

interface Right {
  readonly privileges: readonly string[];
  readonly database: string;
  readonly table: string;
}

interface Login {
  /** Of its objects. */
  readonly name: string;
  /** Of its Secret: no service is called that, and so no other Secret is. */
  readonly workload: string;
  readonly user: string;
  readonly password: SecretPart;
  readonly connections: number;
  /** With what tells their objects apart. */
  readonly rights: readonly (Right & { readonly suffix: string })[];
}

function loginsOf({ name }: OwnServer, details: MysqlDetails): Login[] {
  const { database, login, password, connections, backupLogin, backupPassword } = details;
  const read = ['SELECT', 'SHOW VIEW', 'TRIGGER', 'LOCK TABLES', 'EVENT'];
  return [
    {
      name: `${name}-login`,
      workload: `${name}.login`,
      user: login,
      password,
      connections,
      rights: [{ suffix: '', privileges: ['ALL PRIVILEGES'], database, table: '*' }],
    },
    {
      name: `${name}-backup`,
      workload: `${name}.backup`,
      user: backupLogin,
      password: backupPassword,
      connections: 5,
      rights: [
        { suffix: '', privileges: read, database, table: '*' },
        // Routines that a login may not see are left out of its dump without a word.
        { suffix: '-routines', privileges: ['SELECT'], database: 'mysql', table: 'proc' },
      ],
    },
  ];
}

/** The server and its database hold data: neither goes without a confirmation. Logins and rights come back by themselves. */
function resource(scope: Construct, space: Space, own: OwnServer, kind: string, name: string, spec: object) {
  const confirm = kind === 'MariaDB' || kind === 'Database';
  const meta = metadata(space, name, { wave: 'server', component: own.name, confirm });
  return new ApiObject(scope, `${kind.toLowerCase()}-${name}`, { apiVersion: API, kind, metadata: meta, spec });
}

function credentials(scope: Construct, space: Space, workload: string, password: SecretPart) {
  return new WorkloadSecrets(scope, `secrets-${workload}`, {
    space: { ...space, labels: { ...space.labels, [WATCH_LABEL]: '' } },
    workload,
    entries: [{ key: 'password', parts: [password] }],
  });
}

function serverSpec(space: Space, own: OwnServer, details: MysqlDetails): object {
  const { requests, limits } = ownServerResources(own);
  const sizeLimit = memory(limits.ephemeralMiB);
  return {
    image: own.image,
    replicas: own.instances,
    port: own.port,
    // Nobody logs in with it but the operator, which makes it.
    rootPasswordSecretKeyRef: { name: `${own.name}-root`, key: 'password', generate: true },
    storage: { size: storage(own.storageGiB), storageClassName: space.cluster.storageClass, resizeInUseVolumes: true },
    myCnf: settings(own, details),
    // By certificates that the operator issues and renews; whoever speaks without TLS is refused.
    tls: { enabled: true, required: true },
    resources: { requests: quantities(requests), limits: quantities(limits) },
    podSecurityContext: {
      runAsNonRoot: true,
      runAsUser: USER,
      runAsGroup: USER,
      fsGroup: USER,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    },
    securityContext: {
      runAsNonRoot: true,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    volumes: Object.keys(SCRATCH).map((name) => ({ name, emptyDir: { sizeLimit } })),
    volumeMounts: Object.entries(SCRATCH).map(([name, mountPath]) => ({ name, mountPath })),
    enableServiceLinks: false,
    // Of pods and claims, which costs are added up by.
    inheritMetadata: { labels: { ...space.labels } },
    priorityClassName: space.priorityClass,
    ...placement(space),
  };
}

/** Half of the memory, since the rest is for connections; and both logins while they take turns, the backup and the operator. */
function settings({ memoryMiB }: OwnServer, { connections }: MysqlDetails): string {
  return [
    '[mariadb]',
    'bind-address=*',
    'character-set-server=utf8mb4',
    `innodb_buffer_pool_size=${Math.floor(memoryMiB / 2)}M`,
    `max_connections=${2 * connections + 15}`,
    '',
  ].join('\n');
}

/** Nothing of it goes from the server because its object did. */
function onServer(own: OwnServer) {
  return { mariaDbRef: { name: own.name }, cleanupPolicy: 'Skip' };
}

function databaseSpec(own: OwnServer, { database }: MysqlDetails): object {
  return { ...onServer(own), name: database, characterSet: 'utf8mb4', collate: 'utf8mb4_unicode_ci' };
}

function userSpec(own: OwnServer, { workload, user, connections }: Login): object {
  const passwordSecretKeyRef = { name: secretsName(workload), key: 'password' };
  return { ...onServer(own), name: user, host: '%', passwordSecretKeyRef, maxUserConnections: connections };
}

function grantSpec(own: OwnServer, username: string, { privileges, database, table }: Right): object {
  return { ...onServer(own), privileges: [...privileges], database, table, username, host: '%' };
}
