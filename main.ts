#!/usr/bin/env node
import { run } from './lib/cli';

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // A reader that has seen enough, such as `head`, is no mistake; a full disk is.
    if (error.code === 'EPIPE') return;
    process.stderr.write(`tenantry: the output cannot be written: ${error.code}\n`);
    process.exit(1);
  });
}

run(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
