import { readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UneditableError } from './tenant-object';

/** A file of the registry that is edited, and put back byte by byte where the edit turns out wrong. */
export class EditedFile {
  readonly text: string;
  readonly #bytes: Buffer;
  /** Where it really lies: a tenant's file may be a link to another inside the root. */
  readonly #path: string;

  constructor(root: string, file: string) {
    this.#path = realpathSync(join(root, file));
    this.#bytes = readFileSync(this.#path);
    this.text = this.#bytes.toString('utf8');
    if (!Buffer.from(this.text).equals(this.#bytes)) throw new UneditableError('the file is not UTF-8');
  }

  /** Old or new, never half of it. */
  write(text: string | Buffer): void {
    const made = join(dirname(this.#path), `.tenantry-${process.pid}.tmp`);
    try {
      writeFileSync(made, text, { mode: statSync(this.#path).mode, flag: 'wx' });
      renameSync(made, this.#path);
    } finally {
      rmSync(made, { force: true });
    }
  }

  restore(): void {
    this.write(this.#bytes);
  }
}
