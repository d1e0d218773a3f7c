import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cached, go, requireGo, say } from './control-plane/cache';

/** Prometheus' own judge of rules, built from its Go module: about two minutes once on two cores, then cached. */

export interface Verdict {
  readonly ok: boolean;
  /** All that it said. */
  readonly output: string;
}

/** An alert that fires, with all its labels and annotations. */
export interface Firing {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Series, a sample a minute from 1970 on, and what fires then and nothing else. */
export interface RuleTest {
  readonly name: string;
  /** Values in promtool's notation, by series. */
  readonly series: Readonly<Record<string, string>>;
  readonly expected: readonly {
    readonly alert: string;
    /** When, such as `6m`. */
    readonly at: string;
    readonly firing: readonly Firing[];
  }[];
}

/** Whether Prometheus accepts groups of rules. Its remark about duplicates is not looked at: it takes one alert of two plans for one. */
export function checkRules(promtool: string, groups: unknown): Promise<Verdict> {
  return inFolder(groups, (rules) => run(promtool, ['check', 'rules', '--lint=none', rules]));
}

/** Whether rules fire as expected. Groups and tests are JSON, which is YAML. */
export function testRules(promtool: string, groups: unknown, tests: readonly RuleTest[]): Promise<Verdict> {
  return inFolder(groups, (rules, folder) => {
    const file = join(folder, 'test.json');
    writeFileSync(file, JSON.stringify({ rule_files: [rules], evaluation_interval: '1m', tests: tests.map(written) }));
    return run(promtool, ['test', 'rules', file]);
  });
}

/** Builds it, or finds it built. */
export async function findPromtool(): Promise<string> {
  const module = join(__dirname, 'control-plane', 'promtool');
  const sum = readFileSync(join(module, 'go.sum'), 'utf8');
  const folder = await cached('promtool', [sum], async (draft) => {
    await requireGo();
    say('building promtool from its Go module: about two minutes, once');
    const env = { CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOWORK: 'off' };
    await go(['build', '-trimpath', '-buildvcs=false', '-ldflags=-s -w', '-o', `${draft}/`, 'tool'], module, env);
  });
  return join(folder, 'promtool');
}

// --- internal ---

function written({ name, series, expected }: RuleTest): object {
  return {
    name,
    interval: '1m',
    input_series: Object.entries(series).map(([of, values]) => ({ series: of, values })),
    alert_rule_test: expected.map(({ alert, at, firing }) => ({
      alertname: alert,
      eval_time: at,
      exp_alerts: firing.map(({ labels, annotations }) => ({ exp_labels: labels, exp_annotations: annotations })),
    })),
  };
}

async function inFolder<T>(groups: unknown, use: (rules: string, folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-promtool-'));
  try {
    const rules = join(folder, 'rules.json');
    writeFileSync(rules, JSON.stringify({ groups }));
    return await use(rules, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(promtool: string, args: readonly string[]): Promise<Verdict> {
  return new Promise((resolve) => {
    execFile(promtool, args, { maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      resolve({ ok: error === null, output: `${stdout}${stderr}${error === null ? '' : error.message}` }),
    );
  });
}
