import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { openDist } from '../../lib/synth/dist';
import { DistError } from '../../lib/synth/dist-error';
import { synth, version } from './registry';

/**
 * A process for others to kill: `loop` writes version after version and tells each on a line, `step` writes one
 * version and ends itself before its nth step, `nobody` does so without root's rights, `race` keeps taking the lock and tells when it was not alone.
 */
const [mode, root = '', argument = '0'] = process.argv.slice(2);
const number = Number(argument);

function say(text: string): void {
  writeSync(1, `${text}\n`);
}

if (mode === 'loop') {
  say('ready');
  for (let next = number; ; next++) {
    synth(root, version(next));
    say(String(next));
  }
}

// Node sets both user ids, unlike a change of the effective one, which access(2) would not see.
if (mode === 'nobody' && process.getuid?.() === 0) process.setuid?.(65_534);

if (mode === 'step' || mode === 'nobody') {
  let left = number;
  synth(root, version(1), () => {
    if (left-- === 0) process.kill(process.pid, 'SIGKILL');
  });
}

if (mode === 'race') {
  const until = Date.now() + number;
  let taken = 0;
  while (Date.now() < until) {
    try {
      const dist = openDist(root);
      closeSync(openSync(join(root, 'alone'), 'wx'));
      unlinkSync(join(root, 'alone'));
      taken++;
      dist.close();
    } catch (error) {
      if (!(error instanceof DistError) || error.code !== 'E_DIST_BUSY') say(`overlap: ${error}`);
    }
  }
  say(`taken ${taken}`);
}
