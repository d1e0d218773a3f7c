/**
 * Outlives the test run by a moment: it is told on its standard input which processes run (`+pid`, `-pid`), and when
 * that input ends, however the run ended, it stops those that are left and removes their folder. It is started in a
 * session of its own, so that Ctrl-C does not reach it.
 */
const { rmSync } = require('node:fs');
const { createInterface } = require('node:readline');
const { setTimeout: sleep } = require('node:timers/promises');

const folder = process.argv[2];
const running = new Set();

createInterface({ input: process.stdin })
  .on('line', (line) => (line.startsWith('+') ? running.add(Number(line)) : running.delete(-Number(line))))
  .on('close', async () => {
    for (const pid of running) signal(pid, 'SIGTERM');
    for (let tries = 0; tries < 30 && [...running].some((pid) => signal(pid, 0)); tries += 1) await sleep(100);
    for (const pid of running) signal(pid, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  });

function signal(pid, name) {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
