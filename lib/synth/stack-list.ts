import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isLeftByTerraform, MAIN } from '../registry/stacks';
import { look } from './places';
import type { RenderedFile } from './render';

/**
 * The list of stacks by which cdktf's CLI finds them. It follows from the folders, and no commit holds it: a file that names every tenant
 * would have any two pull requests that add one conflict.
 */

export const STACK_LIST = 'terraform/manifest.json';

/** Kept out of commits: that list, and what Terraform leaves beside the stacks. */
export function stackIgnores(): RenderedFile {
  const text = `# Made anew on each machine: the list of stacks for cdktf's CLI, and what Terraform keeps beside them.
/manifest.json
.terraform/
*.tfplan
*.tfstate*
`;
  return { path: 'terraform/.gitignore', text };
}

/** The list, of stacks among some paths below `dist/`; a line a stack. */
export function stackList(paths: readonly string[]): RenderedFile {
  const names = paths.flatMap((path) => STACK.exec(path)?.[1] ?? []).sort();
  const lines = names.map((name) => `    ${JSON.stringify(name)}: ${JSON.stringify(entryOf(name))}`);
  const { version } = require('cdktf/package.json') as { readonly version: string };
  const text = `{\n  "version": ${JSON.stringify(version)},\n  "stacks": {\n${lines.join(',\n')}\n  }\n}\n`;
  return { path: STACK_LIST, text };
}

/** Paths of the stacks that lie below a `dist/`. */
export function stackPaths(root: string): string[] {
  const folder = join(root, 'dist', 'terraform', 'stacks');
  if (look(folder)?.isDirectory() !== true) return [];
  const paths = readdirSync(folder).map((name) => `terraform/stacks/${name}/${MAIN}`);
  return paths.filter((path) => look(join(root, 'dist', path)) !== undefined);
}

/** Whether a path is left out of what a synthesis compares and removes. */
export function isUnowned(path: string): boolean {
  const [, name] = /^terraform\/stacks\/[^/]+\/([^/]+)/.exec(path) ?? [];
  return path === STACK_LIST || (name !== undefined && isLeftByTerraform(name));
}

// --- internal ---

const STACK = /^terraform\/stacks\/([^/]+)\/cdk\.tf\.json$/;

/** What cdktf's own App writes of a stack. */
function entryOf(name: string): object {
  const folder = `stacks/${name}`;
  return {
    annotations: [],
    constructPath: name,
    dependencies: [],
    name,
    stackMetadataPath: `${folder}/metadata.json`,
    synthesizedStackPath: `${folder}/${MAIN}`,
    workingDirectory: folder,
  };
}
