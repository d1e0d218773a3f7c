import { DistError } from '../synth/dist-error';
import { check } from './check';
import { type Options, parseOptions, USAGE, UsageError } from './options';
import { type Output, printProblems, terminal } from './print';
import { records } from './records';
import { synth } from './synth';

/** Runs one command; returns the exit code. Nothing that a user can cause ends in a stack trace. */
export async function run(
  argv: readonly string[],
  output: Output = terminal,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<number> {
  if (argv.includes('--help') || argv.includes('-h')) {
    output.out(USAGE);
    return 0;
  }
  try {
    const options = parseOptions(argv, environment);
    return await dispatch(options, output, environment);
  } catch (error) {
    if (error instanceof UsageError) {
      output.err(`tenantry: ${error.message}\n\n${USAGE}`);
      return 2;
    }
    if (error instanceof DistError) {
      // The message carries the code already.
      const [found = '', fix = 'put it right and run it again'] = error.message
        .replace(` [${error.code}]`, '')
        .split(' - ');
      printProblems(output, [{ code: error.code, file: '', path: '', found, fix }], 'dist/ is as it was');
      return 1;
    }
    output.err('tenantry: this is a defect of tenantry, not of your registry; dist/ is as it was');
    output.err(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return 70;
  }
}

// --- internal ---

function dispatch(
  options: Options,
  output: Output,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  switch (options.command) {
    case 'synth':
      return synth(options, output, environment);
    case 'check':
      return check(options, output);
    case 'records':
      return records(options, output);
  }
}
