import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** The packed tarball, installed in an empty project: what its users do with it, from types to output. Needs npm's registry. */

const REPOSITORY = resolve(__dirname, '../..');
const PUBLISHED = ['LICENSE', 'README.md', 'lib', 'main.ts', 'package.json', 'tsconfig.build.json', 'tsconfig.json'];

const SHOP = `import { concat, defineProduct, feature, generatedSecret, postgresql, setting, tenant } from 'tenantry';
import { z } from 'zod';

const database = postgresql({ name: 'database' });
const key = generatedSecret({ name: 'key' });

export const shop = defineProduct({
  name: 'shop',
  displayName: 'Shop',
  apex: 'shop.example',
  features: { search: 'Full-text search' },
  backing: [database, key],
  settings: z.strictObject({ currency: z.enum(['EUR', 'USD']) }),
  services: {
    web: {
      image: 'registry.example.com/shop:1.0.0',
      port: 8080,
      env: { DATABASE_URL: database.url, CURRENCY: setting('currency'), URL: concat(tenant.url, '/'), KEY: key.value, SEARCH: feature('search') },
      resources: { requests: { cpu: 0.1, memoryMiB: 128 }, limits: { cpu: 0.5, memoryMiB: 256 } },
    },
  },
  routes: [{ paths: { '/': 'web' } }],
  plans: { small: { features: { search: 'optional' } } },
});
`;

const tenantFile = (id: string, plan = 'small') => `import { defineTenant } from './platform.js';

export default defineTenant({
  id: '${id}',
  displayName: 'Tenant ${id}',
  product: 'shop',
  plan: '${plan}',
  placement: 'eu-1',
  contact: 'admin@${id}.example',
  createdOn: '2026-01-15',
  settings: { currency: 'EUR' },
  features: { search: true },
});
`;

const APP = `import { App } from 'cdk8s';
import { resolve, TenantryError } from 'tenantry';
import { Tenant } from 'tenantry/kube';
import acme from '../tenants/acme.js';
import { platform } from '../tenants/platform.js';

const app = new App();
const tenant = new Tenant(app, 'acme', resolve(platform, acme));
tenant.parts?.workloads[0]?.deployment.metadata.addLabel('own', 'label');
console.log(app.synthYaml());
try {
  resolve(platform, { kind: 'tenantry.tenant', input: { id: 'acme' } });
} catch (error) {
  if (error instanceof TenantryError) console.error(error.problems[0]?.code);
}
`;

let project: string;
const made: string[] = [];

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-package-'));
  made.push(folder);
  return folder;
}

function write(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

function npm(cwd: string, ...args: string[]): void {
  execFileSync('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** Runs a command of an installed package. */
function run(cwd: string, command: string, ...args: string[]) {
  return spawnSync(process.execPath, [join(cwd, 'node_modules/.bin', command), ...args], { cwd, encoding: 'utf8' });
}

beforeAll(() => {
  const copy = newFolder();
  for (const name of PUBLISHED) cpSync(join(REPOSITORY, name), join(copy, name), { recursive: true });
  symlinkSync(join(REPOSITORY, 'node_modules'), join(copy, 'node_modules'));
  npm(copy, 'pack');
  const tarball = readdirSync(copy).find((name) => name.endsWith('.tgz')) ?? 'missing';
  const { version } = JSON.parse(readFileSync(require.resolve('typescript/package.json'), 'utf8')) as {
    version: string;
  };
  project = newFolder();
  write(project, {
    'package.json': JSON.stringify({ name: 'project', private: true, type: 'module' }),
    'tsconfig.json': JSON.stringify({
      compilerOptions: {
        target: 'es2022',
        lib: ['es2022', 'dom'],
        module: 'node16',
        strict: true,
        outDir: 'out',
        rootDir: '.',
        types: [],
      },
      include: ['src', 'tenants'],
    }),
    'src/shop.ts': SHOP,
    'src/app.ts': APP,
    'tenants/acme.ts': tenantFile('acme'),
    'tenants/platform.ts': readFileSync(join(REPOSITORY, 'tenants/platform.ts'), 'utf8')
      .replace('products: [', 'products: [shop, ')
      .replace(/^import .*tenantry\/products.*$/m, `$&\nimport { shop } from '../src/shop.js';`),
  });
  npm(project, 'install', join(copy, tarball), `typescript@${version}`, 'cdk8s', 'constructs', 'zod');
}, 600_000);

afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

test('it brings nothing of the repository but what is published', () => {
  const installed = join(project, 'node_modules/tenantry');
  expect(readdirSync(installed).sort()).toEqual(['LICENSE', 'README.md', 'build', 'package.json']);
  expect(readdirSync(join(installed, 'build')).sort()).toEqual(['lib', 'main.d.ts', 'main.js']);
  expect(readdirSync(join(project, 'node_modules'))).not.toContain('@kubernetes-models');
});

test.each(['module', 'commonjs'])(
  'a project of type %s is compiled, and uses the constructs in its own App',
  (type) => {
    write(project, {
      'package.json': readFileSync(join(project, 'package.json'), 'utf8').replace(
        /"type": ?"\w+"/,
        `"type": "${type}"`,
      ),
    });
    expect(run(project, 'tsc')).toMatchObject({ status: 0, stdout: '' });
    const { status, stdout, stderr } = spawnSync(process.execPath, ['out/src/app.js'], {
      cwd: project,
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, 'E_TENANT_FIELD\n']);
    expect(stdout).toMatch(/^kind: Deployment$/m);
    expect(stdout).toMatch(/^ {4}own: label$/m);
  },
);

test('a typing error of a tenant file is one of types', () => {
  write(project, { 'tenants/acme.ts': tenantFile('acme', 'smal') });
  const { status, stdout } = run(project, 'tsc', '--noEmit');
  write(project, { 'tenants/acme.ts': tenantFile('acme') });
  expect(status).not.toBe(0);
  expect(stdout).toContain('tenants/acme.ts(7,3)');
});

test('npx tenantry synthesizes a registry of its own, and threads read the package', () => {
  expect(run(project, 'tenantry', 'synth')).toMatchObject({ status: 0, stderr: '' });
  expect(run(project, 'tenantry', 'synth', '--check')).toMatchObject({ status: 0, stderr: '' });
  expect(readdirSync(join(project, 'dist/kubernetes/eu-1'))).toEqual(['_platform', 'acme']);
  const ids = Array.from({ length: 310 }, (_, i) => `t${String(i).padStart(4, '0')}`);
  write(project, Object.fromEntries(ids.map((id) => [`tenants/${id}.ts`, tenantFile(id)])));
  expect(run(project, 'tenantry', 'synth', '--threads', '2')).toMatchObject({ status: 0, stderr: '' });
  expect(run(project, 'tenantry', 'synth', '--check', '--threads', '0')).toMatchObject({ status: 0, stderr: '' });
});

test('npx tenantry names what is wrong, and how it is used', () => {
  write(project, { 'tenants/bolt.ts': tenantFile('bolt', 'smal') });
  const { status, stderr } = run(project, 'tenantry', 'check');
  rmSync(join(project, 'tenants/bolt.ts'));
  expect([status, stderr]).toEqual([
    1,
    expect.stringMatching(/^tenants\/bolt\.ts: plan: .*"small".*\[E_TENANT_UNKNOWN\]$/m),
  ]);
  expect(run(project, 'tenantry', 'help').status).toBe(2);
});
