import { Processes } from './processes';

/** A run that never ends by itself: the harness's own test kills it to see what it leaves behind. */
const processes = new Processes();
const pid = processes.start('sleep', 'sleep', ['300']);
process.stdout.write(`${JSON.stringify({ pid, folder: processes.folder })}\n`);
setInterval(() => {}, 60_000);
