import { createHash } from 'node:crypto';
import {
  copyFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { run } from '../../lib/cli';
import type { Problem } from '../../lib/model/errors';

/** Registries to run commands on, and commands run in this process. */

export const REPOSITORY = resolve(__dirname, '../..');

const made: string[] = [];

afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** A new folder that is gone after the tests of the file. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-cli-'));
  made.push(folder);
  return folder;
}

/** Files by path; null is one that is not there. */
export type Files = Readonly<Record<string, string | null>>;

/** Writes files below a folder, and removes those that are null. */
export function write(root: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    const file = join(root, path);
    if (text === null) rmSync(file, { recursive: true });
    else {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  }
}

/** Fields of a tenant as TypeScript expressions; null leaves one out. */
export type Fields = Readonly<Record<string, string | null>>;

/** The text of a tenant file in `tenants/`, right but for the fields that are given. */
export function tenantFile(id: string, fields: Fields = {}, platform = './platform'): string {
  const all: Fields = {
    id: `'${id}'`,
    displayName: `'Tenant ${id}'`,
    product: `'nekotab'`,
    plan: `'standard'`,
    placement: `'eu-1'`,
    contact: `'tab@${id}.example'`,
    createdOn: `'2026-01-15'`,
    ...fields,
  };
  const lines = Object.entries(all).flatMap(([key, value]) => (value === null ? [] : [`  ${key}: ${value},`]));
  return `import { defineTenant } from '${platform}';\n\nexport default defineTenant({\n${lines.join('\n')}\n});\n`;
}

/** A registry on the example's platform with the tenants `alpha`, `beta` and `gamma`, and what else is given. */
export function newRegistry(files: Files = {}): string {
  const root = newFolder();
  mkdirSync(join(root, 'tenants'));
  copyFileSync(join(REPOSITORY, 'tenants/platform.ts'), join(root, 'tenants/platform.ts'));
  write(root, {
    'tenants/alpha.ts': tenantFile('alpha', { domains: `['debates.alpha.example']`, features: '{ analytics: true }' }),
    'tenants/beta.ts': tenantFile('beta', { plan: `'championship'`, placement: `'us-1'` }),
    'tenants/gamma.ts': tenantFile('gamma', { plan: `'free'`, lifecycle: `{ state: 'suspended' }` }),
    ...files,
  });
  return root;
}

/** The example's platform with one product of its five, for tests that synthesize again and again. */
export function smallPlatform(): string {
  const text = readFileSync(join(REPOSITORY, 'tenants/platform.ts'), 'utf8');
  return text.replace(/^ {2}products: .*/m, '  products: [nekotab],').replace(/^ {6}products: .*\n/gm, '');
}

/** What a command said and how it ended. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command as it is given; in this process, and so without worker threads, which jest cannot load. */
export async function runCommand(argv: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const output = { out: (l: string) => void out.push(l), err: (l: string) => void err.push(l), progress: () => {} };
  const code = await run(argv, output, environment);
  return { code, out: out.join('\n'), err: err.join('\n') } satisfies Ran;
}

/** Runs a command on a registry. */
export function command(root: string, ...argv: readonly string[]): Promise<Ran> {
  return runCommand([...argv, '--root', root]);
}

/** Runs a command on a registry that must succeed, and returns what it said. */
export async function succeed(root: string, ...argv: readonly string[]): Promise<string> {
  const { code, out, err } = await command(root, ...argv);
  if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code}:\n${err}\n${out}`);
  return out;
}

/** What commands print with `--json`. */
export interface Result {
  readonly ok: boolean;
  readonly tenants: number;
  readonly states: Readonly<Record<string, number>>;
  readonly written: readonly string[];
  readonly removed: readonly string[];
  readonly stale: readonly string[];
  readonly problems: readonly Problem[];
}

/** What a command with `--json` printed. */
export function parsed<T>({ out }: Ran): T {
  return JSON.parse(out) as T;
}

/** Everything below a folder, folders too, with what each is: its content, or where a link leads. */
export function tree(folder: string): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (path: string): void => {
    const at = join(folder, path);
    const stats = lstatSync(at, { throwIfNoEntry: false });
    if (stats === undefined) return;
    if (stats.isDirectory()) {
      found.set(path, 'folder');
      for (const name of readdirSync(at).sort()) visit(path === '' ? name : `${path}/${name}`);
    } else found.set(path, stats.isSymbolicLink() ? `-> ${readlinkSync(at)}` : readFileSync(at, 'utf8'));
  };
  visit('');
  return found;
}

/** A digest of everything below a folder. */
export function digest(folder: string): string {
  return createHash('sha256')
    .update(JSON.stringify([...tree(folder)]))
    .digest('hex');
}

/** A registry with its output. */
export async function synthesized(files: Files = {}): Promise<string> {
  const root = newRegistry(files);
  await succeed(root, 'synth');
  return root;
}
