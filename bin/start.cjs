#!/usr/bin/env node
// Runs main.ts of this checkout. Reading a hundred TypeScript files one by one takes longer than synthesizing a small registry, in each
// thread again; so they are bundled once and the bundle is kept below node_modules/.cache until one of them changes.
const { createHash } = require('node:crypto');
const { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } = require('node:fs');
const { join, relative } = require('node:path');

const root = join(__dirname, '..');
const cache = join(root, 'node_modules', '.cache', 'tenantry');

function sources(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return entry.name.endsWith('.ts') ? [path] : [];
  });
}

function key() {
  const hash = createHash('sha256').update(process.version);
  for (const path of [
    join(root, 'main.ts'),
    __filename,
    join(root, 'package-lock.json'),
    ...sources(join(root, 'lib')).sort(),
  ]) {
    const { mtimeMs, size } = statSync(path);
    hash.update(`${relative(root, path)} ${mtimeMs} ${size}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

/** The folder with main.cjs and worker.cjs; made under another name and renamed, so that it is never seen half done. */
function bundle() {
  const folder = join(cache, key());
  if (existsSync(folder)) return folder;
  const made = `${folder}.${process.pid}`;
  require('esbuild').buildSync({
    entryPoints: [join(root, 'main.ts'), join(root, 'lib', 'synth', 'worker.ts')],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    packages: 'external',
    outdir: made,
    entryNames: '[name]',
    outExtension: { '.js': '.cjs' },
    logLevel: 'error',
  });
  const old = existsSync(cache) ? readdirSync(cache).filter((name) => !name.includes('.')) : [];
  try {
    renameSync(made, folder);
  } catch (error) {
    // Another process was first.
    rmSync(made, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  for (const name of old) rmSync(join(cache, name), { recursive: true, force: true });
  return folder;
}

function start() {
  try {
    mkdirSync(cache, { recursive: true });
    return join(bundle(), 'main.cjs');
  } catch (error) {
    if (!['EACCES', 'EROFS', 'EPERM'].includes(error.code)) throw error;
    // A checkout that cannot be written: slower, and the same.
    require('tsx/cjs');
    return join(root, 'main.ts');
  }
}

require(start());
