import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { STACK_KINDS } from '../../lib/registry/stacks';
import { newFolder, REPOSITORY, write } from './support';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface Job {
  readonly needs?: string | readonly string[];
  readonly if?: string;
  readonly uses?: string;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const FOLDER = join(REPOSITORY, '.github/workflows');

function workflow(name: string): Workflow {
  return parse(readFileSync(join(FOLDER, name), 'utf8'), { version: '1.2' }) as Workflow;
}

const files = readdirSync(FOLDER).filter((name) => name.endsWith('.yml'));
const steps = (name: string) => Object.values(workflow(name).jobs).flatMap(({ steps: all = [] }) => all);

test.each(files)('%s says what it may do', (name) => {
  expect(workflow(name).permissions).toMatchObject({ contents: expect.stringMatching(/read|write/) });
});

test.each(files)('%s puts nothing that others write into a shell but by its environment', (name) => {
  for (const { run = '' } of steps(name)) expect(run).not.toContain('${{');
});

test.each(files.filter((name) => name !== 'tenants.yml'))(
  '%s pins its actions by digest, with the version beside it',
  (name) => {
    const used = readFileSync(join(FOLDER, name), 'utf8').match(/uses: .*/g) ?? [];
    for (const line of used)
      expect(line).toMatch(/^uses: (\.\/\.github\/workflows\/[a-z-]+\.yml|[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/);
  },
);

test('every kind of stack has a job, and waits for those before it', () => {
  const { jobs } = workflow('apply.yml');
  expect(Object.keys(jobs.stacks?.outputs ?? {})).toEqual([...STACK_KINDS]);
  const names = Object.keys(jobs).slice(1);
  expect(names).toHaveLength(STACK_KINDS.length);
  for (const [i, name] of names.entries()) {
    expect(jobs[name]?.if).toContain(`needs.stacks.outputs.${STACK_KINDS[i]} != '[]'`);
    expect([jobs[name]?.needs].flat()).toEqual(['stacks', ...names.slice(0, i)]);
  }
});

test('a lane is given every secret that the example’s stacks declare', () => {
  const stacks = join(REPOSITORY, 'dist/terraform/stacks');
  const declared = readdirSync(stacks).flatMap((name) => {
    try {
      const { variable = {} } = JSON.parse(readFileSync(join(stacks, name, 'cdk.tf.json'), 'utf8')) as {
        variable?: Record<string, { sensitive?: boolean }>;
      };
      return Object.entries(variable).flatMap(([key, { sensitive }]) => (sensitive === true ? [key] : []));
    } catch {
      // A server with a baseline and no stack.
      return [];
    }
  });
  const given = steps('apply-lane.yml').flatMap(({ env = {} }) =>
    Object.keys(env).filter((key) => key.startsWith('TF_VAR_')),
  );
  expect(given.sort()).toEqual(expect.arrayContaining([...new Set(declared)].sort().map((key) => `TF_VAR_${key}`)));
});

describe('a stack is applied', () => {
  const LOGINS = { variable: { probe: { type: 'bool', default: false }, pg_password: { type: 'string' } } };
  const NO_LOGINS = { variable: { pg_password: { type: 'string' } }, data: { x: { probe: {} } } };

  /** Runs the script on stacks with a program that notes how it is called; its plans end with these codes, one after another. */
  function applied(stacks: Readonly<Record<string, unknown>>, plans: readonly number[], { guard = 0, apply = 0 } = {}) {
    const root = newFolder();
    const calls = `#!/bin/sh\necho "$(basename "$0") $*" >> ${root}/calls\n`;
    const terraform = [
      'case "$2" in',
      `  plan) code=$(head -n 1 ${root}/plans); sed -i 1d ${root}/plans; exit "$code" ;;`,
      '  show) echo "{}" ;;',
      `  apply) exit ${apply} ;;`,
      'esac',
    ];
    write(root, {
      plans: `${plans.join('\n')}\n`,
      'bin/terraform': `${calls}${terraform.join('\n')}\n`,
      'bin/npm': `${calls}exit ${guard}\n`,
      ...Object.fromEntries(
        Object.entries(stacks).map(([name, stack]) => [
          `dist/terraform/stacks/${name}/cdk.tf.json`,
          JSON.stringify(stack),
        ]),
      ),
    });
    for (const name of ['terraform', 'npm']) chmodSync(join(root, 'bin', name), 0o755);
    const ran = spawnSync(join(REPOSITORY, '.github/apply-stacks.sh'), Object.keys(stacks), {
      cwd: root,
      env: { ...process.env, PATH: `${root}/bin:${process.env.PATH}`, TERRAFORM: `${root}/bin/terraform` },
      encoding: 'utf8',
    });
    const lines = readFileSync(join(root, 'calls'), 'utf8').trim().split('\n');
    const words = lines.map((line) =>
      line
        .replace(/^terraform -chdir=dist\/terraform\/stacks\//, '')
        .replace(/ -(no-color|lock-timeout=5m)/g, '')
        .replace(/[^\s=]*\/(saved\.tfplan|plan\.json)/g, '$1'),
    );
    return { code: ran.status, calls: words, out: ran.stdout, err: ran.stderr };
  }

  const FIRST = ['init', 'plan -detailed-exitcode -out=saved.tfplan'];
  const CHANGE = ['show -json saved.tfplan', 'guard', 'apply saved.tfplan'];
  const SECOND = 'plan -detailed-exitcode';
  const PROBE = `${SECOND} -var probe=true`;
  const of = (stack: string, ...calls: readonly string[]) =>
    calls.map((call) =>
      call === 'guard' ? `npm run --silent tenantry -- guard ${stack} plan.json` : `${stack} ${call}`,
    );

  test('by a plan that is guarded, and a second one that tries every login and finds nothing to do', () => {
    expect(applied({ acme: LOGINS }, [2, 0])).toMatchObject({ code: 0, calls: of('acme', ...FIRST, ...CHANGE, PROBE) });
  });

  test('without a trial where it has no logins: Terraform refuses a variable that is not declared', () => {
    expect(applied({ acme: NO_LOGINS }, [2, 0])).toMatchObject({
      code: 0,
      calls: of('acme', ...FIRST, ...CHANGE, SECOND),
    });
    expect(applied({ acme: NO_LOGINS }, [0])).toMatchObject({ code: 0, calls: of('acme', ...FIRST) });
  });

  test('and its logins are tried where there was nothing to do, since a failed write leaves an empty plan', () => {
    expect(applied({ acme: LOGINS }, [0, 0])).toMatchObject({ code: 0, calls: of('acme', ...FIRST, PROBE) });
  });

  test.each<[string, number, number]>([
    ['the second plan finds something to do', 2, 2],
    ['a login does not work', 2, 1],
    ['a login does not work where there was nothing to do', 0, 1],
  ])('and fails where %s, and the next one is applied all the same', (_, first, second) => {
    const { code, calls, out, err } = applied({ acme: LOGINS, beta: LOGINS }, [first, second, 0, 0]);
    expect([code, calls.slice(-3)]).toEqual([1, of('beta', ...FIRST, PROBE)]);
    expect(err).toContain('acme: the second plan is not empty, or a login does not work');
    expect(out).toContain('::error::failed: acme\n');
  });

  test('and nothing is applied that the guard refuses, or that cannot be planned', () => {
    expect(applied({ acme: LOGINS }, [2, 0], { guard: 1 })).toMatchObject({
      code: 1,
      calls: of('acme', ...FIRST, 'show -json saved.tfplan', 'guard'),
    });
    expect(applied({ acme: LOGINS }, [1])).toMatchObject({ code: 1, calls: of('acme', ...FIRST) });
    expect(applied({ acme: LOGINS }, [2], { apply: 1 })).toMatchObject({
      code: 1,
      calls: of('acme', ...FIRST, ...CHANGE),
    });
  });
});
