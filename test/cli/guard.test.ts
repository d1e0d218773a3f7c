import { join } from 'node:path';
import { formatIndex } from '../../lib/registry/index-entry';
import { command, newFolder, parsed, type Result, runCommand, write } from './support';

interface Change {
  readonly address: string;
  readonly type: string;
  readonly mode?: string;
  readonly change: { readonly actions: readonly string[] };
}

function change(address: string, ...actions: string[]): Change {
  return { address, type: address.split('.')[0] ?? '', change: { actions } };
}

function plan(changes: readonly object[], more: object = {}): string {
  return JSON.stringify({ format_version: '1.2', planned_values: {}, resource_changes: changes, ...more });
}

/** Judges a plan of a stack in a registry whose tenants `acme` and `gone` are active and purged. */
async function guarded(text: string, stack = 'acme') {
  const root = newFolder();
  const entry = { product: 'nekotab', plan: 'standard', placement: 'eu-1', namespace: 'n', claims: [], files: {} };
  write(root, {
    'dist/index/acme.json': formatIndex({ id: 'acme', state: 'active', ...entry }),
    'dist/index/gone.json': formatIndex({ id: 'gone', state: 'purged', ...entry }),
    'plan.json': text,
  });
  return command(root, 'guard', stack, join(root, 'plan.json'));
}

const DELETE = change('postgresql_database.database', 'delete');

/** An import of something, as Terraform 1.5 and later tell it. */
function importing(address: string) {
  const { change: found, ...rest } = change(address, 'no-op');
  return { ...rest, change: { ...found, importing: { id: 'x' } } };
}

describe('a plan passes', () => {
  test.each<[string, string]>([
    ['that changes nothing', plan([change('postgresql_database.database', 'no-op')])],
    ['without a list of changes', JSON.stringify({ format_version: '1.2', planned_values: {} })],
    [
      'that creates and updates',
      plan([change('postgresql_role.a', 'update'), change('postgresql_schema.app', 'create')]),
    ],
    ['that forgets', plan([change('postgresql_database.database', 'forget')])],
    ['that replaces a grant', plan([change('postgresql_grant.connect', 'delete', 'create')])],
    ['that imports what holds no secret', plan([importing('postgresql_role.a')])],
    ['that reads', plan([{ ...change('kubernetes_secret_v1.x', 'read'), mode: 'data' }])],
  ])('%s', async (_, text) => {
    expect(await guarded(text)).toMatchObject({ code: 0, out: 'acme: nothing that holds data is deleted', err: '' });
  });

  test('that deletes what a purged tenant had, and of its clients', async () => {
    expect(await guarded(plan([DELETE]), 'gone')).toMatchObject({
      code: 0,
      out: 'gone: 1 object deleted, and its tenant is purged',
    });
    expect((await guarded(plan([DELETE]), 'gone_identity')).code).toBe(0);
  });

  test('with a warning of checks that do not hold', async () => {
    const checks = [
      { address: { to_display: 'check.login' }, status: 'fail' },
      { address: { to_display: 'check.other' }, status: 'pass' },
    ];
    expect(await guarded(plan([], { checks }))).toMatchObject({ code: 0, err: 'warning: check.login: does not hold' });
  });
});

describe('a plan is refused', () => {
  test('that imports a Secret, whose content would stand in the state', async () => {
    const { code, err } = await guarded(plan([importing('kubernetes_secret_v1._secrets_database_a_entry')]), 'gone');
    expect(code).toBe(1);
    expect(err).toMatch(
      /_secrets_database_a_entry: the plan would import this Secret, .* - delete the Secret .*\[E_PLAN_SECRET\]/,
    );
  });

  test('that deletes a database, with its address and what to do', async () => {
    const { code, out, err } = await guarded(plan([DELETE]));
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(
      /plan\.json: postgresql_database\.database: the plan would delete this postgresql_database, and its tenant is active - put back what was changed; .*\[E_PLAN_DELETE\]/,
    );
    expect(err).toContain('do not apply it');
  });

  test.each([
    'postgresql_schema.app',
    'postgresql_role.owner',
    'mysql_database.d',
    'mysql_user.a',
    'minio_s3_bucket.media',
    'minio_iam_user.a',
    'vault_kv_secret_v2.secret',
    'aws_secretsmanager_secret.secret',
    'kubernetes_secret_v1.secret',
    'kubernetes_namespace_v1.store',
  ])('that deletes or replaces %s', async (address) => {
    for (const actions of [['delete'], ['delete', 'create'], ['create', 'delete']]) {
      const result = parsed<Result>(await guardedJson(plan([change(address, ...actions)])));
      expect(result).toMatchObject({ ok: false, problems: [{ code: 'E_PLAN_DELETE', path: address }] });
      expect(result.problems[0]?.found).toContain(actions.length === 1 ? 'would delete' : 'would replace');
    }
  });

  test('with every address that it would take', async () => {
    const { err } = await guarded(
      plan([DELETE, change('postgresql_role.b', 'delete'), change('postgresql_grant.x', 'delete')]),
    );
    expect(err).toContain('2 problems');
  });

  test('that defers a deletion', async () => {
    const deferred = { deferred_changes: [{ reason: 'x', resource_change: DELETE }] };
    expect((await guarded(plan([], deferred))).code).toBe(1);
  });

  test.each([['_server-pg-1'], ['_shared-eu-1.unity'], ['_gone'], ['nobody'], ['__proto__'], ['../gone']])(
    'that deletes something of %s, which nobody purges',
    async (stack) => {
      expect((await guarded(plan([DELETE]), stack)).code).toBe(1);
    },
  );

  test.each<[string, string]>([
    ['no JSON', '{'],
    ['nothing', ''],
    ['no object', '[]'],
    ['null', 'null'],
    ['a state', JSON.stringify({ format_version: '1.0', values: {} })],
    ['of another format', plan([]).replace('1.2', '2.0')],
    ['that ended with an error', plan([], { errored: true })],
    ['with changes that are no list', plan([], { resource_changes: {} })],
    ['with an action that nobody knows', plan([change('postgresql_role.a', 'obliterate')])],
    ['without actions', plan([{ address: 'x.y', type: 'x', change: {} }])],
    ['without an address', plan([{ type: 'x', change: { actions: ['no-op'] } }])],
  ])('that is %s', async (_, text) => {
    const { code, err } = await guarded(text, 'gone');
    expect([code, err]).toEqual([1, expect.stringContaining('[E_PLAN_UNREADABLE]')]);
  });

  test('that is not there', async () => {
    const { code, err } = await runCommand(['guard', 'acme', '/nowhere/plan.json']);
    expect([code, err]).toEqual([1, expect.stringContaining('[E_PLAN_UNREADABLE]')]);
  });

  test('of a tenant whose index cannot be read', async () => {
    const root = newFolder();
    write(root, { 'dist/index/gone.json': '{ "state": "purged"', 'plan.json': plan([DELETE]) });
    expect((await command(root, 'guard', 'gone', join(root, 'plan.json'))).code).toBe(1);
  });

  test('and an address is printed without what a terminal would obey', async () => {
    const { err } = await guarded(plan([{ ...DELETE, address: 'postgresql_database.\u001b[2J' }]));
    expect(err).not.toContain('\u001b');
  });
});

async function guardedJson(text: string) {
  const root = newFolder();
  write(root, { 'plan.json': text });
  return command(root, 'guard', 'acme', join(root, 'plan.json'), '--json');
}
