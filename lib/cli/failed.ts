import type { Problem } from '../model/errors';
import { DistError } from '../synth/dist-error';
import type { Options } from './options';
import { type Output, printJson, printProblems } from './print';

/** Says why `dist/` could not be read or written, and returns the exit code; throws everything else again. */
export function failed(error: unknown, { json }: Options, output: Output): number {
  if (!(error instanceof DistError)) throw error;
  output.progress('');
  const problems = [problemOf(error)];
  if (json) printJson(output, { ok: false, problems });
  else printProblems(output, problems, endingOf(error));
  return 1;
}

// --- internal ---

/** The message is what was found, then what to do, then the code. A path in it may hold anything. */
function problemOf({ code, message }: DistError): Problem {
  const text = message.replace(` [${code}]`, '');
  const cut = text.lastIndexOf(' - ');
  if (cut === -1) return { code, file: '', path: '', found: text, fix: 'put it right and run it again' };
  return { code, file: '', path: '', found: text.slice(0, cut), fix: text.slice(cut + 3) };
}

function endingOf({ code }: DistError): string {
  return code === 'E_DIST_INCOMPLETE' ? 'dist/ is part old, part new' : 'dist/ is as it was';
}
