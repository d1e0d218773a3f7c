/** Preloaded into a measured process: writes its peak memory and processor time when it ends. Threads count with it. */
const { writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { isMainThread } = require('node:worker_threads');

const folder = process.env.TENANTRY_BENCH_USAGE;
if (isMainThread && folder !== undefined) {
  process.on('exit', () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
    // Kilobytes on every system; Node sees to that.
    const usage = { rssMb: maxRSS / 1024, cpuMs: (userCPUTime + systemCPUTime) / 1000 };
    writeFileSync(join(folder, `${process.pid}.json`), JSON.stringify(usage));
  });
}
