import { closeSync, constants, mkdtempSync, openSync, readSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Put } from './change';
import { beforeChange, errno } from './dist-error';
import { sha256 } from './journal';
import { assertInside, Folders, linkRefused, places } from './places';

/** Not through a link; and a pipe that someone left there must not hang us. Zero where a system lacks them. */
const READ = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * Compares texts with what lies in `dist/` and stages those that differ. Each worker thread makes its own: staged
 * names never meet. Comparing alone writes nothing.
 */
export class Stager {
  readonly #at;
  readonly #folders: Folders;
  #own: string | undefined;
  #count = 0;
  #scratch = Buffer.allocUnsafe(64 * 1024);

  constructor(root: string) {
    this.#at = places(root);
    this.#folders = new Folders(this.#at.dist);
  }

  /** Whether the file at a path below `dist/` is missing or holds other bytes than the text. */
  differs(path: string, text: string): boolean {
    return this.#differs(path, Buffer.from(text));
  }

  /**
   * Stages a text when it differs from what lies there; nothing is returned when there is nothing to do.
   * @param digest of the text, where it is known already
   */
  stage(path: string, text: string, digest?: string): Put | undefined {
    const bytes = Buffer.from(text);
    if (!this.#differs(path, bytes)) return undefined;
    return beforeChange(`dist/${path}`, () => {
      this.#own ??= basename(mkdtempSync(join(this.#at.staging, 'w-')));
      const staged = `${this.#own}/${this.#count++}`;
      writeFileSync(join(this.#at.staging, staged), bytes);
      return { path, staged, sha256: digest ?? sha256(bytes) };
    });
  }

  #differs(path: string, bytes: Buffer): boolean {
    assertInside(path);
    const target = join(this.#at.dist, path);
    return beforeChange(target, () => {
      this.#folders.above(path);
      let file: number;
      try {
        file = openSync(target, READ);
      } catch (error) {
        if (errno(error) === 'ELOOP') throw linkRefused(target);
        if (errno(error) === 'ENOENT' || errno(error) === 'ENOTDIR') return true;
        throw error;
      }
      try {
        return !this.#holds(file, bytes);
      } catch (error) {
        if (errno(error) === 'EISDIR') return true;
        throw error;
      } finally {
        closeSync(file);
      }
    });
  }

  /** One read tells size and content: it asks for a byte more than there should be. */
  #holds(file: number, bytes: Buffer): boolean {
    if (this.#scratch.length <= bytes.length) this.#scratch = Buffer.allocUnsafe(2 * bytes.length);
    let length = 0;
    while (length <= bytes.length) {
      const read = readSync(file, this.#scratch, length, bytes.length + 1 - length, null);
      if (read === 0) break;
      length += read;
    }
    return bytes.equals(this.#scratch.subarray(0, length));
  }
}
