import { type Dirent, lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { escapeInvisible, type Problem } from '../model/errors';

/** The file of a registry that describes its platform. */
export const PLATFORM_FILE = 'tenants/platform.ts';

/** The TypeScript files of a registry, relative to its root with `/` between folders. */
export interface Found {
  readonly hasPlatform: boolean;
  /** Sorted by code units. */
  readonly tenants: readonly string[];
  readonly problems: readonly Problem[];
}

/**
 * Finds the platform and every tenant file below `tenants/`, in any folder. A link is followed to a file inside the root
 * only; nothing that looks like a tenant is passed over in silence, since a tenant that is not seen looks deleted.
 */
export function findFiles(root: string): Found {
  const files: string[] = [];
  const problems: Problem[] = [];
  if (isLink(join(root, 'tenants'))) problems.push(linked('tenants'));
  else walk(root, 'tenants', files, problems);
  // Without a comparator, sort orders by code units, whatever the locale.
  const tenants = files.filter((file) => file !== PLATFORM_FILE).sort();
  return { hasPlatform: tenants.length < files.length, tenants, problems };
}

function walk(root: string, folder: string, files: string[], problems: Problem[]): void {
  for (const entry of list(root, folder, problems)) {
    const file = `${folder}/${entry.name}`;
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    if (entry.isDirectory()) walk(root, file, files, problems);
    else if (isLinkToFolder(root, file, entry)) problems.push(linked(file));
    else if (entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts')) {
      const problem = fileProblem(root, file, entry);
      if (problem === undefined) files.push(file);
      else problems.push(problem);
    }
  }
}

function list(root: string, folder: string, problems: Problem[]): Dirent[] {
  try {
    return readdirSync(join(root, folder), { withFileTypes: true });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'an error';
    // A missing tenants/ is reported as a missing platform.
    if (folder === 'tenants' && (code === 'ENOENT' || code === 'ENOTDIR')) return [];
    problems.push(refused(folder, `expected a folder that can be read, got ${code}`, 'make it a readable folder'));
    return [];
  }
}

function fileProblem(root: string, file: string, entry: Dirent): Problem | undefined {
  if (escapeInvisible(file) !== file) {
    const fix = 'name it after the id: lower-case letters, digits and hyphens';
    return { ...refused(file, 'expected a plain name, found invisible characters in it', fix), code: 'E_FILE_NAME' };
  }
  if (entry.isFile()) return undefined;
  if (!entry.isSymbolicLink()) return refused(file, 'expected a file, found something else', 'write a file');
  try {
    const target = realpathSync(join(root, file));
    const inside = relative(root, target);
    if (inside.startsWith('..') || isAbsolute(inside)) {
      return refused(file, 'expected a file, found a link to a place outside the root', 'put the file itself there');
    }
    return statSync(target).isFile() ? undefined : refused(file, 'expected a link to a file', 'link to a file');
  } catch {
    return refused(file, 'expected a file, found a link to nothing', 'restore what it points to, or write the file');
  }
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

function isLinkToFolder(root: string, file: string, entry: Dirent): boolean {
  try {
    return entry.isSymbolicLink() && statSync(join(root, file)).isDirectory();
  } catch {
    // A link to nothing, or to itself.
    return false;
  }
}

function linked(folder: string): Problem {
  return refused(folder, 'expected a folder, found a link to one', 'put the folder itself there');
}

function refused(file: string, found: string, fix: string): Problem {
  return { code: 'E_FILE_LOAD', file: escapeInvisible(file), path: '', found, fix };
}
