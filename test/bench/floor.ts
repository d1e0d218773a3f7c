import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { filesOf, type Templates } from './templates';

/**
 * The floor: JSON.stringify of the same objects into the same files. `floor.ts <templates.json> <outdir>` prints how many
 * milliseconds that took, without its own start and without making the objects: no way to write `dist/` can be faster.
 */
const [templatesFile = '', outdir = ''] = process.argv.slice(2);
const templates = JSON.parse(readFileSync(templatesFile, 'utf8')) as Templates;

const folders = new Set<string>();
let total = 0n;
for (const tenant of templates.tenants) {
  const files = filesOf(templates, tenant);
  const start = process.hrtime.bigint();
  for (const { path, objects } of files) {
    const target = join(outdir, path);
    const folder = dirname(target);
    if (!folders.has(folder)) mkdirSync(folder, { recursive: true });
    folders.add(folder);
    writeFileSync(target, objects.map((object) => JSON.stringify(object)).join('\n'));
  }
  total += process.hrtime.bigint() - start;
}
process.stdout.write(String(Number(total) / 1e6));
