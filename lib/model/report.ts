import type { Code } from './errors';

/** Adds a problem; the file is that of the tenant unless another is named. */
export type Report = (code: Code, path: string, found: string, fix: string, file?: string) => void;

/** Reports a message of the form `expected ..., got ... - write ...` under its two halves. */
export function reportMessage(report: Report, code: Code, path: string, message: string): void {
  const at = message.indexOf(' - ');
  if (at < 0) report(code, path, message, 'write another value');
  else report(code, path, message.slice(0, at), message.slice(at + 3));
}
