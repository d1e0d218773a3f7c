import { escapeInvisible } from '../model/errors';
import { check } from './check';
import { due } from './due';
import { failed } from './failed';
import { guard } from './guard';
import { inOneLanguage } from './language';
import { type Options, parseOptions, USAGE, UsageError } from './options';
import { type Output, terminal } from './print';
import { records } from './records';
import { stacks } from './stacks';
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
    return await inOneLanguage(() => dispatch(options, output, environment)).catch((error: unknown) =>
      failed(error, options, output),
    );
  } catch (error) {
    if (error instanceof UsageError) {
      output.err(escapeInvisible(`tenantry: ${error.message}`));
      output.err(`\n${USAGE}`);
      return 2;
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
    case 'rotate':
      // It alone parses TypeScript, and nobody else waits for that.
      return import('./rotate').then(({ rotate }) => rotate(options, output));
    case 'due':
      return due(options, output);
    case 'stacks':
      return stacks(options, output);
    case 'guard':
      return guard(options, output);
  }
}
