import { App, Chart } from 'cdk8s';
import fc from 'fast-check';
import { Backup, backupEnvironment } from '../../lib/kube/backup';
import { secretEntries } from '../../lib/kube/environment';
import type { BackupItem, ResolvedBackup } from '../../lib/model/resolved';
import { backup, database, secretPart, space } from './fixture';

const dump: BackupItem = { kind: 'dump', name: 'database', dump: database().dump as never, peers: [] };

const shop: BackupItem = {
  kind: 'dump',
  name: 'shop-orders',
  dump: {
    tool: 'mariadb-dump',
    host: 'mysql.shared.svc',
    port: 3306,
    database: 'shop',
    user: 'shop_backup',
    password: secretPart('shop', 'password'),
    tls: 'prefer',
  },
  peers: [],
};

function volume(service: string, name = 'data', databases: string[] = [], user = 10_001): BackupItem {
  const claimName = `${service}-${name}`;
  return { kind: 'volume', name: claimName, service, claimName, databases, user };
}

function make(changes: Partial<ResolvedBackup> = {}, suspended = false) {
  const of = space({ suspended, backup: backup(changes) });
  return new Backup(new Chart(new App(), 'test'), 'backup', { space: of });
}

interface Container {
  name: string;
  command: string[];
  env: { name: string; value?: string; valueFrom?: { secretKeyRef: { name: string; key: string } } }[];
  volumeMounts: { name: string; mountPath: string; readOnly?: boolean }[];
}

/** The parts of each CronJob that the tests look at. */
function cronJobs(changes: Partial<ResolvedBackup> = {}, suspended = false) {
  return make(changes, suspended).cronJobs.map((cronJob) => {
    const { metadata, spec } = cronJob.toJson();
    const job = spec.jobTemplate.spec;
    const pod = job.template.spec;
    const steps: Container[] = [...pod.initContainers, ...pod.containers];
    return { name: metadata.name, metadata, spec, job, template: job.template, pod, steps };
  });
}

function only(changes: Partial<ResolvedBackup> = {}) {
  const [first, ...more] = cronJobs(changes);
  if (first === undefined || more.length > 0) throw new Error('expected one CronJob');
  return first;
}

/** The environment of a step, secrets as `secret/key`. */
function environment(step: Container | undefined): Record<string, string | undefined> {
  const text = ({ value, valueFrom }: Container['env'][number]) =>
    value ?? `${valueFrom?.secretKeyRef.name}/${valueFrom?.secretKeyRef.key}`;
  return Object.fromEntries(step?.env.map((variable) => [variable.name, text(variable)]) ?? []);
}

test('a backup starts daily at its minute, in UTC, late if need be, and never twice at once', () => {
  expect(only().spec).toMatchObject({
    schedule: '17 2 * * *',
    timeZone: 'Etc/UTC',
    concurrencyPolicy: 'Forbid',
    startingDeadlineSeconds: 3600,
    successfulJobsHistoryLimit: 1,
    failedJobsHistoryLimit: 2,
  });
});

test('a backup has one deadline for all tries, and the same for the pod, whose quota is then that of jobs', () => {
  const { job, pod } = only();
  expect(job).toMatchObject({ activeDeadlineSeconds: 7200, backoffLimit: 1, ttlSecondsAfterFinished: 259_200 });
  expect(pod).toMatchObject({ activeDeadlineSeconds: 7200, restartPolicy: 'Never' });
});

test('a backup goes on while the space is suspended', () => {
  const [active, suspended] = [cronJobs({}, false), cronJobs({}, true)].map(([job]) => job?.spec);
  expect(suspended).toEqual(active);
  expect(suspended.suspend).toBeUndefined();
});

test('where nothing is kept there is no backup, no account and no secret', () => {
  const none = new Backup(new Chart(new App(), 'test'), 'backup', { space: space({ backup: null }) });
  expect([none.account, none.cronJobs]).toEqual([null, []]);
  expect(backupEnvironment({ backup: null })).toEqual([]);
});

test('a backup without anything to copy is a mistake', () => {
  expect(() => make({ items: [] })).toThrow('the backup of acme has nothing to copy');
});

test('steps run one after the other, the repository first and databases before files', () => {
  const { pod } = only({ items: [volume('media'), dump, shop] });
  const names = (containers: Container[]) => containers.map(({ name }) => name);
  expect(names(pod.initContainers)).toEqual(['repository', 'dump-database', 'dump-shop-orders']);
  expect(names(pod.containers)).toEqual(['volume-media-data']);
});

test('the repository is made only where restic says that there is none', () => {
  const [repository] = only().steps;
  const [shell, flag, script] = repository?.command ?? [];
  expect([shell, flag]).toEqual(['/bin/sh', '-c']);
  expect(script).toContain('[ "$code" -eq 10 ]; then exec restic init');
  expect(script).toContain('exit "$code"');
});

test('nothing in a backup can remove snapshots', () => {
  const everything = JSON.stringify(cronJobs({ items: [dump, shop, volume('a', 'data', ['x.db']), volume('b')] }));
  expect(everything).not.toMatch(/forget|prune|unlock|rewrite|key remove/);
});

test('restic runs pg_dump itself, so that a dump that fails leaves no snapshot', () => {
  const { command } = only().steps[1] ?? {};
  const tags = 'tenant=acme,kind=dump,item=database';
  expect(command).toEqual([
    ...['restic', 'backup', '--retry-lock', '10m', '--host', 'acme', '--tag', tags, '--group-by', 'host,tags'],
    ...['--stdin-filename', 'nekotab_acme.dump', '--stdin-from-command', '--'],
    ...['pg_dump', '--format=custom', '--compress=0', '--no-owner', '--no-acl', '--lock-wait-timeout=60s'],
  ]);
});

test('a dump connects with the reader’s login, and its password is in no command line', () => {
  const { command, ...step } = only().steps[1] as Container;
  expect(environment({ command, ...step })).toMatchObject({
    PGHOST: 'pg-eu-1.internal.example',
    PGPORT: '5432',
    PGDATABASE: 'nekotab_acme',
    PGUSER: 'nekotab_acme_ro',
    PGSSLMODE: 'require',
    PGPASSWORD: 'backup-secrets/DATABASE_PASSWORD',
    RESTIC_REPOSITORY: 's3:https://s3.eu.example/backups/eu-1/acme',
    RESTIC_PASSWORD: 'backup-secrets/RESTIC_PASSWORD',
    AWS_ACCESS_KEY_ID: 'backup-secrets/AWS_ACCESS_KEY_ID',
    AWS_SECRET_ACCESS_KEY: 'backup-secrets/AWS_SECRET_ACCESS_KEY',
  });
});

test('a certificate that is to be checked is checked against the system’s authorities', () => {
  const checked = { ...dump, dump: { ...dump.dump, tls: 'verify-full' } } as BackupItem;
  expect(environment(only({ items: [checked] }).steps[1])).toMatchObject({ PGSSLROOTCERT: 'system' });
  expect(environment(only().steps[1])).not.toHaveProperty('PGSSLROOTCERT');
});

test('mariadb-dump copies one consistent state with routines and triggers', () => {
  const step = only({ items: [shop] }).steps[1];
  expect(step?.command).toEqual(
    expect.arrayContaining([
      'mariadb-dump',
      '--single-transaction',
      '--routines',
      '--triggers',
      '--host=mysql.shared.svc',
    ]),
  );
  expect(step?.command.at(-1)).toBe('shop');
  expect(environment(step).MYSQL_PWD).toBe('backup-secrets/SHOP_ORDERS_PASSWORD');
});

test('mariadb-dump copies events where its login may, which takes the right to make them', () => {
  const of = (events: boolean) =>
    only({ items: [{ ...shop, dump: { ...shop.dump, events } } as BackupItem] }).steps[1]?.command;
  expect(of(true)).toContain('--events');
  expect(of(false)).not.toContain('--events');
});

test('mariadb-dump goes on in plain text only where it may', () => {
  const of = (tls: string) =>
    only({ items: [{ ...shop, dump: { ...shop.dump, tls } } as BackupItem] }).steps[1]?.command;
  expect(of('require')).toContain('--ssl-verify-server-cert');
  expect(of('prefer')).toContain('--skip-ssl-verify-server-cert');
});

test('pg_dump leaves out rows that policies hide where it is told to, and fails on them elsewhere', () => {
  const of = (rowSecurity: boolean) =>
    only({ items: [{ ...dump, dump: { ...dump.dump, rowSecurity } } as BackupItem] }).steps[1]?.command;
  expect(of(true)).toContain('--enable-row-security');
  expect(of(false)).not.toContain('--enable-row-security');
});

test('the Secret of the backup holds what its steps refer to, once each', () => {
  const items = [dump, shop, volume('media')];
  const env = backupEnvironment({ backup: backup({ items }) });
  const keys = secretEntries({ env, files: [] }).map(({ key }) => key);
  const referred = only({ items }).steps.flatMap(({ env }) =>
    env.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef.key ?? []),
  );
  expect(keys).toHaveLength(new Set(keys).size);
  expect(new Set(referred)).toEqual(new Set(keys));
  expect(env).toContainEqual({
    name: 'RESTIC_PASSWORD',
    parts: [{ path: 'production/nekotab/acme/backup', key: 'password', encode: 'none' }],
  });
});

test('a volume is mounted read-only, near the pod that has it, as the user that owns its files', () => {
  const { pod, steps } = only({ items: [dump, volume('media', 'data', [], 33_000)] });
  expect(steps.at(-1)?.volumeMounts).toContainEqual({
    name: 'volume-media-data',
    mountPath: '/data/media-data',
    readOnly: true,
  });
  expect(pod.volumes).toContainEqual({ name: 'volume-media-data', persistentVolumeClaim: { claimName: 'media-data' } });
  expect(pod.securityContext).toMatchObject({ runAsUser: 33_000, runAsGroup: 33_000, fsGroup: 33_000 });
  const [near] = pod.affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution;
  expect(near.podAffinityTerm.labelSelector.matchLabels['app.kubernetes.io/name']).toBe('media');
});

test('no pod mounts the volumes of two services, which may be on two nodes', () => {
  const jobs = cronJobs({
    items: [dump, volume('backend'), volume('edge', 'pages', [], 20_000), volume('backend', 'up')],
  });
  expect(jobs.map(({ name }) => name)).toEqual(['backup', 'backup-edge']);
  expect(jobs.map(({ steps }) => steps.map(({ name }) => name))).toEqual([
    ['repository', 'dump-database', 'volume-backend-data', 'volume-backend-up'],
    ['repository', 'volume-edge-pages'],
  ]);
  expect(jobs.map(({ spec }) => spec.schedule)).toEqual(['17 2 * * *', '32 2 * * *']);
  expect(jobs.map(({ pod }) => pod.securityContext.runAsUser)).toEqual([10_001, 20_000]);
});

test('a later backup of a space may start on the next day', () => {
  const jobs = cronJobs({ minute: 1439, items: [volume('a'), volume('b')] });
  expect(jobs.map(({ spec }) => spec.schedule)).toEqual(['59 23 * * *', '14 0 * * *']);
});

test('files are backed up without what belongs to the file system', () => {
  expect(only({ items: [volume('media')] }).steps[1]?.command.slice(-3)).toEqual([
    '--exclude',
    '/data/media-data/lost+found',
    '/data/media-data',
  ]);
});

test('databases in files are named to a constant script by environment alone', () => {
  const scripts = ['a.db', 'x/y.db'].map((name) => only({ items: [volume('media', 'data', [name])] }).steps[1]);
  expect(scripts[0]?.command).toEqual(scripts[1]?.command);
  expect(environment(scripts[1])).toMatchObject({
    TENANT: 'acme',
    TAGS: 'tenant=acme,kind=volume,item=media-data',
    VOLUME: '/data/media-data',
    COPY: '/scratch/data/media-data',
    DATABASES: 'x/y.db',
  });
});

test('every pod of a backup is the one that network policies and alerts look for', () => {
  for (const { template, metadata, pod } of cronJobs({ items: [dump, volume('a'), volume('b')] })) {
    expect(template.metadata.labels).toMatchObject({ ...space().labels, 'app.kubernetes.io/name': 'backup' });
    expect(metadata.labels['app.kubernetes.io/name']).toBe('backup');
    expect(pod.serviceAccountName).toBe('backup');
  }
  expect(make().account?.toJson()).toMatchObject({ metadata: { name: 'backup' }, automountServiceAccountToken: false });
});

test('credentials have the names that restic knows for the kind of store', () => {
  const names = (repository: string) => backupEnvironment({ backup: backup({ repository }) }).map(({ name }) => name);
  expect(names('azure:backups:/eu-1/acme')).toEqual(
    expect.arrayContaining(['AZURE_ACCOUNT_NAME', 'AZURE_ACCOUNT_KEY']),
  );
  expect(names('b2:backups:eu-1/acme')).toEqual(expect.arrayContaining(['B2_ACCOUNT_ID', 'B2_ACCOUNT_KEY']));
  expect(names('rest:https://rest.example/acme')).toEqual(expect.arrayContaining(['RESTIC_REST_USERNAME']));
  expect(() => names('swift:backups:/acme')).toThrow('expected a repository of one of the kinds s3, azure, b2, rest');
});

test('whatever stands in an address passes as data, and never as a variable of Kubernetes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (tail) => {
      const of = { ...dump, dump: { ...dump.dump, host: `$(HOME)${tail}` } } as BackupItem;
      expect(environment(only({ items: [of] }).steps[1]).PGHOST).toMatch(/^\$\$\(HOME\)/);
    }),
  );
});
