import { ApiObject, App, Chart } from 'cdk8s';
import { type MysqlDetails, mysql } from '../../lib/backing/mysql';
import { secretsName } from '../../lib/kube/environment';
import { MariadbServer } from '../../lib/kube/mariadb';
import { Network } from '../../lib/kube/network';
import type { Offer } from '../../lib/model/offer';
import type { Space } from '../../lib/model/resolved';
import { offerContext } from '../model/offer-context';
import { manifests, service, space } from './fixture';
import { policiesOf, reaches } from './reachability';

const own = (options: object = {}): Offer =>
  mysql({ name: 'database' }).offer({ provision: 'own', ...options }, offerContext({ namespace: space().namespace }));

function rendered(offer = own(), changes: Partial<Space> = {}) {
  const scope = new Chart(new App(), 'test');
  if (offer.own === null) throw new Error('no server of its own');
  const details = offer.details as MysqlDetails;
  const made = new MariadbServer(scope, 'database', { space: space(changes), own: offer.own, details });
  const objects = scope.node.findAll().flatMap((node) => (ApiObject.isApiObject(node) ? [node.toJson()] : []));
  return { made, objects, server: made.server.toJson() };
}

const confirmed = { 'argocd.argoproj.io/sync-options': 'Prune=confirm,Delete=confirm' };

describe('a MariaDB of its own', () => {
  test('has the size and class that were asked for', () => {
    const { server } = rendered(own({ connections: 40, own: { cpu: 2, memoryMiB: 4096, storageGiB: 50 } }));
    expect(server.spec).toMatchObject({
      image: 'docker.io/library/mariadb:11.8.3',
      replicas: 1,
      port: 3306,
      storage: { size: '50Gi', storageClassName: 'standard', resizeInUseVolumes: true },
      resources: { requests: { cpu: '2', memory: '4Gi' }, limits: { cpu: '2', memory: '4Gi' } },
    });
    expect(server.spec.myCnf).toContain('innodb_buffer_pool_size=2048M\nmax_connections=95\n');
  });

  test('speaks TLS and nothing else, by certificates that its operator makes', () => {
    const { server } = rendered(own());
    expect(server.spec.tls).toEqual({ enabled: true, required: true });
  });

  test('makes its database, which goes no sooner than the server, and neither without a confirmation', () => {
    const { made, server, objects } = rendered();
    expect(server.metadata.annotations).toMatchObject(confirmed);
    expect(made.database.toJson()).toMatchObject({
      metadata: { annotations: confirmed },
      spec: { mariaDbRef: { name: 'database' }, name: 'shop_acme', characterSet: 'utf8mb4' },
    });
    const statements = objects.filter(({ kind }) => ['Database', 'User', 'Grant'].includes(kind));
    expect(statements).toHaveLength(6);
    for (const { spec } of statements) expect(spec.cleanupPolicy).toBe('Skip');
  });

  test('gives the application its database and nothing else, and the backup what a dump reads', () => {
    const { made } = rendered(own({ connections: 40 }));
    expect(made.users.map((user) => user.toJson().spec)).toMatchObject([
      {
        name: 'shop_acme_a',
        passwordSecretKeyRef: { name: 'database.login-secrets', key: 'password' },
        maxUserConnections: 40,
      },
      { name: 'shop_acme_ro', passwordSecretKeyRef: { name: 'database.backup-secrets', key: 'password' } },
    ]);
    const grants = made.grants.map((grant) => grant.toJson().spec);
    expect(
      grants.map(({ username, database, table, privileges }) => [username, `${database}.${table}`, privileges]),
    ).toEqual([
      ['shop_acme_a', 'shop_acme.*', ['ALL PRIVILEGES']],
      ['shop_acme_ro', 'shop_acme.*', ['SELECT', 'SHOW VIEW', 'TRIGGER', 'LOCK TABLES', 'EVENT']],
      ['shop_acme_ro', 'mysql.proc', ['SELECT']],
    ]);
    expect(JSON.stringify(grants)).not.toContain('grantOption');
  });

  test('keeps the passwords as they are in the store, and has one that is in none', () => {
    const { made, server } = rendered();
    const secrets = made.credentials.map(({ externalSecret }) => externalSecret.toJson());
    expect(secrets.map(({ metadata }) => metadata.name)).toEqual(['database.login-secrets', 'database.backup-secrets']);
    for (const { spec } of secrets) {
      expect(spec.target.template.metadata.labels).toHaveProperty(['k8s.mariadb.com/watch'], '');
      expect(Object.keys(spec.target.template.data)).toEqual(['password']);
    }
    expect(server.spec.rootPasswordSecretKeyRef).toEqual({ name: 'database-root', key: 'password', generate: true });
  });

  test('has Secrets beside those of services that are called like its logins', () => {
    const { made } = rendered();
    const own = made.credentials.map(({ externalSecret }) => externalSecret.name);
    for (const name of ['database', 'database-login', 'database-backup']) expect(own).not.toContain(secretsName(name));
    expect(own).toContain(secretsName('database.login'));
  });

  test('is admitted where pods are restricted, and writes nowhere but where it must', () => {
    const { spec } = rendered().server;
    expect(spec.podSecurityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 999,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(spec.securityContext).toMatchObject({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(spec.volumeMounts.map(({ mountPath }: { mountPath: string }) => mountPath)).toEqual(['/tmp', '/run/mysqld']);
    for (const { emptyDir } of spec.volumes) expect(emptyDir.sizeLimit).toBe('1Gi');
  });

  test('has the labels that costs are added up by, and runs on the nodes of the plan', () => {
    const labels = { pool: 'dedicated' };
    const nodePool = { labels, taint: { key: 'tenant', value: 'acme' }, cpu: 64, memoryGiB: 256, storageGiB: 1000 };
    expect(rendered(own(), { nodePool }).server.spec).toMatchObject({
      inheritMetadata: { labels: space().labels },
      priorityClassName: space().priorityClass,
      nodeSelector: labels,
      tolerations: [{ key: 'tenant', operator: 'Equal', value: 'acme' }],
    });
    expect(rendered().server.spec).not.toHaveProperty('nodeSelector');
  });

  test('is the same while the space is suspended', () => {
    expect(rendered(own(), { suspended: true }).objects).toEqual(rendered().objects);
  });
});

test('connections to it come from those who use it and from its operator', () => {
  const given = space({ offers: [own()], services: [service({ uses: ['database'] })], jobs: [], backup: null });
  const all = policiesOf(manifests((chart) => new Network(chart, 'network', { space: given })));
  const { namespace } = given;
  const to = { namespace, labels: { 'app.kubernetes.io/instance': 'database', 'app.kubernetes.io/name': 'mariadb' } };
  const operator = { namespace: 'mariadb-operator', labels: { 'app.kubernetes.io/name': 'mariadb-operator' } };
  const labels = { 'app.kubernetes.io/instance': given.id, 'app.kubernetes.io/name': 'worker' };
  expect(reaches(all, operator, to, 3306)).toBe(true);
  expect(reaches(all, { namespace, labels }, to, 3306)).toBe(true);
  expect(reaches(all, operator, to, 22)).toBe(false);
  expect(reaches(all, { ...operator, namespace: 'elsewhere' }, to, 3306)).toBe(false);
  expect(reaches(all, { namespace, labels: { ...labels, 'app.kubernetes.io/name': 'other' } }, to, 3306)).toBe(false);
});
