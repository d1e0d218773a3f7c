import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../wait';
import { Processes } from './processes';

test('what was started is gone once it was stopped', async () => {
  const processes = new Processes();
  const pid = processes.start('sleep', 'sleep', ['300']) as number;
  expect([alive(pid), existsSync(processes.folder)]).toEqual([true, true]);
  await processes.stop();
  expect([alive(pid), existsSync(processes.folder)]).toEqual([false, false]);
});

test('a run that is killed leaves no process and no folder behind', async () => {
  const script = join(__dirname, 'killed.ts');
  const args = ['--require', require.resolve('tsx/cjs'), script];
  const run = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(run.stdout, 'data')) as [Buffer];
  const { pid, folder } = JSON.parse(line.toString()) as { pid: number; folder: string };
  const left = async () => [...(alive(pid) ? ['the process'] : []), ...(existsSync(folder) ? ['the folder'] : [])];
  expect(await left()).toEqual(['the process', 'the folder']);
  run.kill('SIGKILL');
  expect(await eventually(10, left)).toEqual([]);
});

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
