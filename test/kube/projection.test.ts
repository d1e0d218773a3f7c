import { WAVES } from '../../lib/kube/metadata';
import { Projection, ProjectionBase, projectionEnvironment } from '../../lib/kube/projection';
import type { Offer } from '../../lib/model/offer';
import type { ResolvedProjection, ResolvedRows, Tenant } from '../../lib/model/resolved';
import { at, cluster, database, type Manifest, manifests, only, secretPart, tenant } from './fixture';
import { publishedProblems } from './published';

const password = secretPart('portal-database', 'password');
const outputs = { host: ['pg.example'], port: ['5432'], user: ['portal'], database: ['portal'], password: [password] };
const backing = database({ name: 'portal-db', outputs });
const rows: ResolvedRows = { sql: 'INSERT INTO site VALUES (1);', backing, image: 'postgres:18' };
const projection: ResolvedProjection = {
  facts: { id: 'acme', host: 'acme.nekotab.app', suspended: false },
  secrets: [
    { name: 'token', parts: [secretPart('portal', 'token')] },
    { name: 'url', parts: ['https://a:', secretPart('portal', 'token', 'url'), '@acme.example'] },
  ],
  rows,
};

function render(overrides: Partial<ResolvedProjection> = {}, of: Tenant = tenant()) {
  const told = { ...projection, ...overrides };
  const namespace = 'nekotab-shared';
  return manifests((chart) => new Projection(chart, 'projection', { tenant: of, projection: told, namespace }));
}

const onKubernetes = tenant({
  cluster: { ...cluster, secretStore: { kind: 'kubernetes', namespace: '{namespace}-secrets' } },
  secretReader: { role: 'nekotab-acme-secrets' },
});

test('facts are a document in the shared namespace, found by the product and of the tenant’s costs', () => {
  const map = only(render({ rows: null }), 'ConfigMap');
  expect(map.metadata).toMatchObject({
    ...{ name: 'tenant.acme', namespace: 'nekotab-shared' },
    labels: { ...tenant().labels, 'tenantry.dev/projection': 'nekotab' },
  });
  expect(map.data).toEqual({ 'tenant.json': '{"host":"acme.nekotab.app","id":"acme","suspended":false}' });
  const nested = render({ facts: { b: { d: 1, c: [{ z: 1, y: null }] }, a: 2 }, secrets: [], rows: null });
  expect(only(nested, 'ConfigMap').data).toEqual({ 'tenant.json': '{"a":2,"b":{"c":[{"y":null,"z":1}],"d":1}}' });
});

test('secrets are read by the shared namespace’s own store and never written down', () => {
  const all = render();
  expect(all.map(({ kind }) => kind)).toEqual(['ConfigMap', 'ExternalSecret', 'Job']);
  const secret = only(all, 'ExternalSecret');
  expect(secret.metadata).toMatchObject({ name: 'tenant.acme', namespace: 'nekotab-shared' });
  expect(secret.spec).toMatchObject({
    secretStoreRef: { kind: 'SecretStore', name: 'secret-store' },
    target: {
      name: 'tenant.acme',
      template: {
        metadata: { labels: { 'tenantry.dev/projection': 'nekotab' } },
        data: {
          token: '{{ .portal_token }}',
          url: 'https://a:{{ .portal_token | urlquery | replace "+" "%20" }}@acme.example',
        },
      },
    },
    data: [{ secretKey: 'portal_token', remoteRef: { key: 'production/nekotab/acme/portal', property: 'token' } }],
  });
});

test('where each tenant’s secrets lie in a namespace, a store of the tenant’s reads them by the same account', () => {
  const all = render({}, onKubernetes);
  expect(only(all, 'SecretStore')).toMatchObject({
    metadata: { name: 'tenant.acme', namespace: 'nekotab-shared' },
    spec: {
      provider: {
        kubernetes: { remoteNamespace: 'nekotab-acme-secrets', auth: { serviceAccount: { name: 'secret-reader' } } },
      },
    },
  });
  expect(at(only(all, 'ExternalSecret'), 'spec.secretStoreRef.name')).toBe('tenant.acme');
  expect(all.map(({ kind }) => kind)).not.toContain('ServiceAccount');
});

test('without secrets there is neither a Secret nor a store', () => {
  expect(render({ secrets: [], rows: null }, onKubernetes).map(({ kind }) => kind)).toEqual(['ConfigMap']);
});

describe('where features leave nothing secret', () => {
  const texts = [
    { name: 'token', parts: ['none'] },
    { name: 'url', parts: ['https://', 'Zoë.example'] },
  ];

  test('shared services find the same Secret with the same keys, made of the texts', () => {
    const all = render({ secrets: texts, rows: null }, onKubernetes);
    expect(all.map(({ kind }) => kind)).toEqual(['ConfigMap', 'Secret']);
    const plain = only(all, 'Secret') as Manifest & { data: Record<string, string> };
    const held = only(render(), 'ExternalSecret');
    expect(plain.metadata).toEqual(held.metadata);
    expect(plain.metadata.labels).toMatchObject({ 'tenantry.dev/projection': 'nekotab' });
    expect(Object.keys(plain.data)).toEqual(Object.keys(at(held, 'spec.target.template.data') as object));
    const decoded = Object.values(plain.data).map((value) => Buffer.from(value, 'base64').toString('utf8'));
    expect(decoded).toEqual(['none', 'https://Zoë.example']);
  });

  test('one that is secret still takes the others along into what External Secrets makes', () => {
    const mixed = [...texts, { name: 'key', parts: [secretPart('portal', 'token')] }];
    const all = render({ secrets: mixed, rows: null });
    expect(all.map(({ kind }) => kind)).toEqual(['ConfigMap', 'ExternalSecret']);
    const made = only(all, 'ExternalSecret');
    expect(at(made, 'spec.data')).toHaveLength(1);
    expect(at(made, 'spec.target.template.data')).toMatchObject({ token: 'none', key: '{{ .portal_token }}' });
  });

  test('one turns into the other without a confirmation, while which both would write it', () => {
    for (const kind of [render({ secrets: texts }), render()].map((all) => all[1])) {
      expect(kind?.metadata.annotations).toMatchObject({ 'argocd.argoproj.io/sync-options': 'Prune=true' });
    }
  });
});

describe('rows', () => {
  test('are written by a Job that stays, counts as a job, and is pruned without a question', () => {
    const all = render();
    expect(only(all, 'ConfigMap').data).toMatchObject({ 'tenant.sql': rows.sql });
    const job = only(all, 'Job');
    expect(job.metadata.name).toMatch(/^projection-acme-[0-9a-f]{10}$/);
    expect(job.metadata.annotations).toEqual({
      'argocd.argoproj.io/sync-wave': '24',
      'argocd.argoproj.io/sync-options': 'Prune=true',
    });
    expect(job.spec).toMatchObject({ backoffLimit: 50, activeDeadlineSeconds: 86_400 });
    expect(job.spec).not.toHaveProperty('ttlSecondsAfterFinished');
    expect(at(job, 'spec.template.spec')).toMatchObject({
      ...{ activeDeadlineSeconds: 600, restartPolicy: 'Never', serviceAccountName: 'projection' },
      automountServiceAccountToken: false,
    });
    expect(at(job, 'spec.template.metadata.labels')).toMatchObject({
      ...{ 'tenantry.dev/tenant': 'acme', 'app.kubernetes.io/name': 'projection' },
    });
  });

  test('reach PostgreSQL as one transaction, with the password of the shared Secret', () => {
    const container = at(only(render(), 'Job'), 'spec.template.spec.containers.0');
    expect(at(container, 'command')).toEqual([
      ...['psql', '--no-psqlrc', '--set', 'ON_ERROR_STOP=1', '--single-transaction'],
      ...['--file', '/projection/tenant.sql'],
    ]);
    expect(at(container, 'env')).toEqual([
      { name: 'PGHOST', value: 'pg.example' },
      { name: 'PGPORT', value: '5432' },
      { name: 'PGUSER', value: 'portal' },
      { name: 'PGDATABASE', value: 'portal' },
      { name: 'PGSSLMODE', value: 'require' },
      {
        name: 'PGPASSWORD',
        valueFrom: { secretKeyRef: { name: 'projection-secrets', key: 'PORTAL_DB_PASSWORD' } },
      },
    ]);
  });

  test('reach MariaDB by its client', () => {
    const mysql: Offer = { ...backing, kind: 'mysql', dump: null };
    const container = at(only(render({ rows: { ...rows, backing: mysql } }), 'Job'), 'spec.template.spec.containers.0');
    expect(at(container, 'command')).toEqual([
      ...['/bin/sh', '-c', 'exec "$@" < "$0"', '/projection/tenant.sql'],
      ...['mariadb', '--no-defaults', '--default-character-set', 'utf8mb4', '--host', 'pg.example', '--port', '5432'],
      ...['--user', 'portal', '--database', 'portal', '--ssl', '--skip-ssl-verify-server-cert'],
    ]);
    expect(at(container, 'env')).toMatchObject([{ name: 'MYSQL_PWD' }]);
  });

  test('are written again by another Job whenever they or anything about the Job changed', () => {
    const name = (changed: Partial<ResolvedRows>, of?: Tenant) =>
      only(render({ rows: { ...rows, ...changed } }, of), 'Job').metadata.name;
    const relabelled = tenant({ labels: { ...tenant().labels, 'tenantry.dev/plan': 'large' } });
    const names = [name({}), name({ sql: 'SELECT 1;' }), name({ image: 'postgres:19' }), name({}, relabelled)];
    expect(new Set(names).size).toBe(4);
    expect(name({})).toBe(names[0]);
  });

  test('of a tenant with a long id have a Job whose name fits', () => {
    const name = only(render({}, tenant({ id: 'a'.repeat(63) })), 'Job').metadata.name;
    expect(name).toHaveLength(63);
  });

  test('go nowhere but into databases that a client is known for', () => {
    expect(() => render({ rows: { ...rows, backing: { ...backing, kind: 'redis' } } })).toThrow(
      'no way is known to write rows into portal-db, which is of kind redis',
    );
    const silent: Offer = { ...backing, outputs: {} };
    expect(() => render({ rows: { ...rows, backing: silent } })).toThrow('portal-db has no output "host"');
  });
});

test('a suspended tenant is told of like any other', () => {
  expect(render({}, tenant({ suspended: true }))).toEqual(render());
});

test('a shared namespace has one account and one password for each database', () => {
  const space = { ...tenant({ id: 'nekotab', namespace: 'nekotab-shared' }), projects: [backing] };
  const all = manifests((chart) => new ProjectionBase(chart, 'projection', { space }));
  expect(all).toMatchObject([{ kind: 'ServiceAccount', metadata: { name: 'projection' } }]);
  expect(projectionEnvironment(space)).toEqual([{ name: 'PORTAL_DB_PASSWORD', parts: [password] }]);
});

test('what can fail is in the last wave, whose health no sync of the cluster waits for', () => {
  const waves = (kind: string) =>
    only(render({}, onKubernetes), kind).metadata.annotations?.['argocd.argoproj.io/sync-wave'];
  const last = String(Math.max(...Object.values(WAVES)));
  expect(['SecretStore', 'ExternalSecret', 'Job'].map(waves)).toEqual([last, last, last]);
  expect(waves('ConfigMap')).toBe(String(WAVES.secret));
});

test('custom resources are what their projects publish', () => {
  const custom = render({}, onKubernetes).filter(({ apiVersion }) => apiVersion.startsWith('external-secrets.io/'));
  expect(publishedProblems(custom)).toEqual([null, null]);
});
