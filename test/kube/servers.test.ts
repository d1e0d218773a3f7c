import { Cluster } from '@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/Cluster';
import { Database } from '@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/Database';
import { ApiObject, App, Chart } from 'cdk8s';
import { mysql } from '../../lib/backing/mysql';
import { type PostgresqlOptions, postgresql } from '../../lib/backing/postgresql';
import { rabbitmq } from '../../lib/backing/rabbitmq';
import { redis } from '../../lib/backing/redis';
import { MariadbServer } from '../../lib/kube/mariadb';
import type { PlainServer } from '../../lib/kube/plain-server';
import type { PostgresqlCluster } from '../../lib/kube/postgresql-cluster';
import { hasObjects, Servers } from '../../lib/kube/servers';
import { FIRST_CREDENTIAL } from '../../lib/model/credentials';
import type { Offer, OfferContext } from '../../lib/model/offer';
import type { Space } from '../../lib/model/resolved';
import { offerContext } from '../model/offer-context';
import { cluster, database, space } from './fixture';

type Operators = OfferContext['cluster']['operators'];

function context(operators: Operators): OfferContext {
  return {
    id: 'acme',
    product: 'nekotab',
    environment: 'production',
    namespace: 'nekotab-acme',
    clusterName: 'eu-1',
    cluster: { ...cluster, operators, apiServer: { cidrs: ['10.0.0.0/28'], port: 6443 } },
    jurisdiction: 'eu',
    credential: FIRST_CREDENTIAL,
    secretPath: (name: string) => `production/nekotab/acme/${name}`,
    refuse: (found: string) => {
      throw new Error(found);
    },
  } as unknown as OfferContext;
}

function ownDatabase(operators: Operators = [], options: Partial<PostgresqlOptions<'database'>> = {}): Offer {
  const { own, ...rest } = options;
  return postgresql({ name: 'database' }).offer({ provision: 'own', own, ...rest }, context(operators));
}

function ownCache(own: object = {}): Offer {
  return redis({ name: 'cache' }).offer({ provision: 'own', own }, context([]));
}

function servers(offers: readonly Offer[], changes: Partial<Space> = {}) {
  return new Servers(new Chart(new App(), 'test'), 'servers', { space: space({ offers, ...changes }) });
}

function plain(offer: Offer, changes: Partial<Space> = {}) {
  const server = servers([offer], changes).servers.get(offer.name) as PlainServer;
  const { spec, metadata } = server.statefulSet.toJson();
  const pod = spec.template.spec;
  return { server, metadata, spec, pod, main: pod.containers[0], prepare: pod.initContainers?.[0] };
}

function operated(options: Partial<PostgresqlOptions<'database'>> = {}, changes: Partial<Space> = {}) {
  const server = servers([ownDatabase(['cloudnative-pg'], options)], changes).servers.get(
    'database',
  ) as PostgresqlCluster;
  return { server, metadata: server.cluster.toJson().metadata, spec: server.cluster.toJson().spec };
}

const confirmed = { 'argocd.argoproj.io/sync-options': 'Prune=confirm,Delete=confirm' };

test('servers that tenants share are nobody’s in the namespace', () => {
  expect(servers([database()]).servers.size).toBe(0);
});

test('what an operator makes for the tenant on a server that others have too is there', () => {
  const offer = rabbitmq({ name: 'events' }).offer({}, offerContext());
  expect([...servers([database(), offer]).servers.keys()]).toEqual(['events']);
  expect([hasObjects(offer), hasObjects(database()), hasObjects(ownCache())]).toEqual([true, false, true]);
});

test('a MariaDB of its own is run by its operator', () => {
  const offer = mysql({ name: 'shop' }).offer({ provision: 'own' }, offerContext());
  expect(servers([offer]).servers.get('shop')).toBeInstanceOf(MariadbServer);
});

test('a kind of server that nobody knows how to run is refused', () => {
  for (const kind of ['oracle', 'constructor', 'rabbitmq']) {
    expect(() => servers([{ ...ownCache(), kind }])).toThrow(`no way is known to run a server of kind ${kind}`);
    expect(() => servers([{ ...ownCache(), own: null, kind: kind === 'rabbitmq' ? 's3' : kind }])).not.toThrow();
  }
});

test('own servers stay up while the space is suspended', () => {
  const [active, suspended] = [false, true].map((suspended) =>
    servers([ownDatabase(), ownCache()], { suspended })
      .node.findAll()
      .flatMap((node) => (ApiObject.isApiObject(node) ? [node.toJson()] : [])),
  );
  expect(suspended).toEqual(active);
  expect(suspended?.filter(({ kind }) => kind === 'StatefulSet').map(({ spec }) => spec.replicas)).toEqual([1, 1]);
});

describe('a PostgreSQL that CloudNativePG runs', () => {
  test('is what the published schemas want', () => {
    const { server } = operated({ extensions: ['pg_trgm'] });
    new Cluster(server.cluster.toJson()).validate();
    new Database(server.database?.toJson()).validate();
    const { storage, ...without } = server.cluster.toJson().spec;
    expect(() =>
      new Cluster({ ...server.cluster.toJson(), spec: { ...without, instances: 'one' } }).validate(),
    ).toThrow();
  });

  test('is not deleted without a confirmation', () => {
    const { metadata, server } = operated({ extensions: ['pg_trgm'] });
    expect(metadata.annotations).toMatchObject(confirmed);
    expect(server.database?.toJson()).toMatchObject({
      metadata: { annotations: confirmed },
      spec: { databaseReclaimPolicy: 'retain' },
    });
  });

  test('has the size and class that were asked for, and no way in for a superuser', () => {
    const own = { instances: 3, cpu: 2, memoryMiB: 4096, storageGiB: 50 };
    expect(operated({ own }).spec).toMatchObject({
      instances: 3,
      enablePDB: true,
      enableSuperuserAccess: false,
      storage: { size: '50Gi', storageClass: 'standard' },
      resources: { requests: { cpu: '2', memory: '4Gi' }, limits: { cpu: '2', memory: '4Gi' } },
      postgresql: { parameters: { shared_buffers: '1024MB', max_connections: '55' } },
    });
    expect(operated().spec.enablePDB).toBe(false);
  });

  test('makes the database with its login, and keeps the passwords of both logins as they are in the store', () => {
    const { spec, server } = operated();
    expect(spec.bootstrap.initdb).toMatchObject({
      database: 'nekotab_acme',
      owner: 'nekotab_acme_a',
      secret: { name: 'database.login-secrets' },
    });
    expect(spec.managed.roles).toMatchObject([
      { name: 'nekotab_acme_owner', login: false },
      { name: 'nekotab_acme_ro', login: false },
      {
        name: 'nekotab_acme_a',
        inRoles: ['nekotab_acme_owner'],
        connectionLimit: 20,
        passwordSecret: { name: 'database.login-secrets' },
      },
      {
        name: 'nekotab_acme_backup',
        inRoles: ['nekotab_acme_ro'],
        passwordSecret: { name: 'database.backup-secrets' },
      },
    ]);
    const [login] = server.credentials.map(({ externalSecret }) => externalSecret.toJson());
    // No service's Secret is called so, whatever its name.
    expect(login.metadata.name).toBe('database.login-secrets');
    expect(login.spec.target.template.metadata.labels['cnpg.io/reload']).toBe('true');
    expect(Object.keys(login.spec.target.template.data)).toEqual(['password', 'username']);
  });

  test('gives its pods and claims the labels that costs are added up by', () => {
    expect(operated().spec.inheritedMetadata.labels).toEqual(space().labels);
  });

  test('runs on the nodes of the plan', () => {
    const labels = { pool: 'dedicated' };
    const nodePool = { labels, taint: { key: 'tenant', value: 'acme' }, cpu: 64, memoryGiB: 256, storageGiB: 1000 };
    expect(operated({}, { nodePool }).spec.affinity).toMatchObject({
      nodeSelector: labels,
      tolerations: [{ key: 'tenant', operator: 'Equal', value: 'acme' }],
    });
    expect(operated().spec.affinity).not.toHaveProperty('nodeSelector');
  });

  test('is told names only where it runs SQL', () => {
    const evil = ownDatabase(['cloudnative-pg']);
    const details = { ...evil.details, owner: 'x"; DROP DATABASE postgres; --' };
    expect(() => servers([{ ...evil, details }])).toThrow('expected an SQL name');
  });
});

describe('a PostgreSQL without an operator', () => {
  test('is one pod, found by its name, with a claim that can grow and is not deleted without a confirmation', () => {
    const { server, spec, metadata, pod } = plain(ownDatabase());
    expect(spec).toMatchObject({ replicas: 1, serviceName: 'database' });
    expect(spec.volumeClaimTemplates).toBeUndefined();
    expect(pod.volumes).toContainEqual({ name: 'data', persistentVolumeClaim: { claimName: 'database-data' } });
    expect(server.claim?.toJson()).toMatchObject({
      metadata: { name: 'database-data', annotations: confirmed },
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'standard',
        resources: { requests: { storage: '10Gi' } },
      },
    });
    expect(metadata.annotations).toMatchObject(confirmed);
    expect(server.service.toJson().spec).toMatchObject({ clusterIP: 'None', selector: spec.selector.matchLabels });
  });

  test('has the labels by which its offer opens the way to it', () => {
    const offer = ownDatabase();
    expect(plain(offer).spec.template.metadata.labels).toMatchObject(offer.own?.podLabels ?? { none: '' });
  });

  test('learns names and passwords as environment of what prepares it, and the server none of them', () => {
    const { prepare, main, server } = plain(ownDatabase([], { extensions: ['pg_trgm', 'uuid-ossp'] }));
    const env = Object.fromEntries(
      prepare.env.map(({ name, value, valueFrom }: { name: string; value?: string; valueFrom?: unknown }) => [
        name,
        value ?? valueFrom,
      ]),
    );
    expect(env).toMatchObject({
      DATABASE: 'nekotab_acme',
      OWNER: 'nekotab_acme_owner',
      LOGIN: 'nekotab_acme_a',
      LOGIN_PASSWORD: { secretKeyRef: { name: 'database-secrets', key: 'LOGIN_PASSWORD' } },
      BACKUP_PASSWORD: { secretKeyRef: { name: 'database-secrets', key: 'BACKUP_PASSWORD' } },
      EXTENSIONS: 'pg_trgm uuid-ossp',
    });
    expect(main.env).toEqual([{ name: 'PGDATA', value: '/data/pgdata' }]);
    const { data } = server.secrets.externalSecret.toJson().spec.target.template;
    expect(Object.keys(data)).toEqual(['BACKUP_PASSWORD', 'LOGIN_PASSWORD']);
  });

  test('runs scripts that are the same for every tenant', () => {
    const other = postgresql({ name: 'database' }).offer({ provision: 'own' }, { ...context([]), id: 'zeta' });
    const data = (offer: Offer) => plain(offer).server.files?.toJson().data;
    expect(data(other)).toEqual(data(ownDatabase()));
    expect(JSON.stringify(data(other))).not.toMatch(/zeta|nekotab/);
  });

  test('takes its settings from the offer', () => {
    const { main } = plain(ownDatabase([], { connections: 40, own: { memoryMiB: 2048 } }));
    expect(main.args).toEqual(
      expect.arrayContaining(['shared_buffers=512MB', 'max_connections=95', 'statement_timeout=30000']),
    );
  });

  test('is replaced when what it was prepared with changes', () => {
    const checksum = (offer: Offer) => plain(offer).spec.template.metadata.annotations['tenantry.dev/checksum'];
    expect(checksum(ownDatabase([], { extensions: ['pg_trgm'] }))).not.toBe(checksum(ownDatabase()));
    expect(checksum(ownDatabase())).toBe(checksum(ownDatabase()));
  });

  test('has one instance: nothing would copy data to another', () => {
    expect(() => ownDatabase([], { own: { instances: 2 } })).toThrow(
      '2 instances, which only an operator keeps in step',
    );
    const offer = ownDatabase(['cloudnative-pg'], { own: { instances: 2 } });
    expect(offer.own?.instances).toBe(2);
    // Whoever makes an offer of their own is told as well.
    const unkept = { ...offer, details: { ...offer.details, operator: null } };
    expect(() => servers([unkept])).toThrow('has one instance');
  });
});

test.each([
  ['docker.io/library/postgres:16.10-alpine', 70],
  [`docker.io/library/postgres:16.10-alpine3.22@sha256:${'0'.repeat(64)}`, 70],
  ['postgres:17.5', 999],
  ['docker.io/library/postgres:17.5-bookworm', 999],
  ['mirror.example:5000/hub/library/postgres:17.5', 999],
])('the official image %s runs as the user that it knows, under the operator', (image, user) => {
  const { spec } = operated({ own: { image } });
  expect(spec).toMatchObject({ imageName: image, postgresUID: user, postgresGID: user });
});

test.each([
  'ghcr.io/cloudnative-pg/postgresql:17.5',
  'registry.example/postgres:17.5-alpine',
  'docker.io/library/postgres-extended:17.5',
])('the image %s is one that the operator’s own user is in', (image) => {
  const { spec } = operated({ own: { image } });
  expect([spec.imageName, 'postgresUID' in spec, 'postgresGID' in spec]).toEqual([image, false, false]);
});

describe('a Redis', () => {
  test('keeps nothing, within the memory that it has', () => {
    const { server, pod, main, metadata } = plain(ownCache());
    expect(server.claim).toBeNull();
    expect(metadata.annotations).not.toHaveProperty('argocd.argoproj.io/sync-options');
    expect(pod.volumes.every((volume: object) => 'emptyDir' in volume)).toBe(true);
    expect(main.env).toContainEqual({ name: 'MAXMEMORY', value: '96mb' });
    expect(main.env).toContainEqual({ name: 'APPENDONLY', value: 'no' });
  });

  test('keeps a volume where it has one', () => {
    const offer = ownCache({ storageGiB: 5 });
    const { server, main } = plain(offer);
    expect(server.claim?.toJson().metadata.name).toBe('cache-data');
    expect(offer.claims).toEqual([
      {
        space: 'volume',
        name: 'eu-1/nekotab-acme/cache-data',
        stateful: true,
        fixed: { sizeGiB: 5, storageClass: 'standard' },
      },
    ]);
    expect(main.env).toContainEqual({ name: 'APPENDONLY', value: 'yes' });
  });

  test('has its password from the Secret, and on no command line', () => {
    const { main } = plain(ownCache());
    const secretKeyRef = { name: 'cache-secrets', key: 'PASSWORD' };
    expect(main.env).toContainEqual({ name: 'PASSWORD', valueFrom: { secretKeyRef } });
    expect(main.command.join(' ')).not.toContain('requirepass');
  });
});
