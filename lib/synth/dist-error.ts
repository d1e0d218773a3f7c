/**
 * - `E_DIST_BUSY`: another command is writing.
 * - `E_DIST_UNWRITABLE`: `dist/` cannot be written as asked; nothing was changed.
 * - `E_DIST_INCOMPLETE`: `dist/` is part old, part new; the message says what mends it.
 * - `E_DIST_PATH`: a path leaves `dist/`, or two files claim the same one; nothing was changed.
 */
export type DistCode = 'E_DIST_BUSY' | 'E_DIST_UNWRITABLE' | 'E_DIST_INCOMPLETE' | 'E_DIST_PATH';

/** What the writer of `dist/` says when it cannot keep on; the message ends with the code. */
export class DistError extends Error {
  constructor(
    readonly code: DistCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(`${message} [${code}]`, options);
    this.name = 'DistError';
  }
}

/** The code of a system error, such as `ENOENT`. */
export function errno(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}

/** What a system error means to the person who has to mend it. */
export function reason(error: unknown): string {
  switch (errno(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full - free some space and run the command again';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'no permission to write there - give this user write access and run the command again';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}

/** Runs what touches the disk before anything of `dist/` is changed, and says so when it fails. */
export function beforeChange<T>(where: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof DistError) throw error;
    throw new DistError('E_DIST_UNWRITABLE', `${where}: ${reason(error)}`, { cause: error });
  }
}
