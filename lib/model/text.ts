import { z } from 'zod';

/** A string that one test decides on: `check` returns what was expected of a value that it refuses. */
function text(expected: string, check: (value: string) => string | undefined): z.ZodString {
  return z.string({ error: `expected ${expected}` }).superRefine((value, context) => {
    const wanted = check(value);
    if (wanted !== undefined) context.addIssue({ code: 'custom', message: `expected ${wanted}` });
  });
}

function atMost(count: number, found: number): string {
  return `at most ${count} characters instead of ${found}`;
}

/**
 * Code points that nobody means in one line of text, and that break or disguise what it is rendered into: C0, DEL and
 * C1 controls (with U+0085), line and paragraph separators, the byte order mark, bidi controls (CVE-2021-42574),
 * halves of surrogate pairs, and the noncharacters at a plane's end, which YAML 1.2 (5.1) cannot hold.
 */
function isRefused(code: number): boolean {
  return (
    code <= 0x1f ||
    (code >= 0x7f && code <= 0x9f) ||
    (code >= 0x2028 && code <= 0x202e) ||
    (code >= 0x2066 && code <= 0x2069) ||
    code === 0xfeff ||
    (code >= 0xd800 && code <= 0xdfff) ||
    (code & 0xfffe) === 0xfffe
  );
}

/** A character that can be seen: no blank, no joiner or filler, nor the empty pattern of Braille, which looks like a blank. */
const VISIBLE = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\u2800]/u;

/**
 * One line of text that people read, in any script.
 * @param maxLength in code points
 */
export function freeText(maxLength: number): z.ZodString {
  return text('one line of text', (value) => {
    const points = Array.from(value, (character) => character.codePointAt(0) ?? 0);
    const bad = points.findIndex(isRefused);
    if (bad >= 0) {
      const code = (points[bad] ?? 0).toString(16).toUpperCase().padStart(4, '0');
      return `one line of text without U+${code}, which is character ${bad + 1}`;
    }
    if (!VISIBLE.test(value)) return 'one line of text with something in it';
    if (value.trim() !== value) return 'text without blanks at its ends';
    return points.length > maxLength ? atMost(maxLength, points.length) : undefined;
  });
}

const LABEL = 'letters, digits, "-", "_" and ".", with a letter or digit at both ends';

/** A value that can be a Kubernetes label's (docs, "Labels and Selectors"), and not the empty one. */
export const labelValue = text(LABEL, (value) => {
  if (value.length > 63) return atMost(63, value.length);
  return /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/.test(value) ? undefined : LABEL;
});

/** HTML's pattern for an email input (html.spec.whatwg.org, 4.10.5.1.5). */
const ATOM = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+$/;
const DOMAIN_LABEL = /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;
const EMAIL = 'one email address in ASCII, such as admin@acme.example';

/** An ASCII email address of at most 254 characters (RFC 5321 4.5.3.1.3, less its angle brackets). */
export const email = text(EMAIL, (value) => {
  if (value.length > 254) return atMost(254, value.length);
  const [local = '', domain = '', ...more] = value.split('@');
  const labels = domain.split('.');
  const isAddress = more.length === 0 && ATOM.test(local) && labels.length > 1;
  return isAddress && labels.every((label) => DOMAIN_LABEL.test(label)) ? undefined : EMAIL;
});

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

const DATE = 'a date in quotes, such as 2026-01-15';

/** A day of the Gregorian calendar as `YYYY-MM-DD`; reckoned here, because `Date` rolls 30 February over. */
export const isoDate = text(DATE, (value) => {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value);
  if (match === null) return DATE;
  const [year = 0, month = 0, day = 0] = match.slice(1).map(Number);
  if (month < 1 || month > 12) return 'a month from 01 to 12';
  const last = daysIn(year, month);
  return day >= 1 && day <= last ? undefined : `a day from 01 to ${last}, where ${value.slice(0, 7)} ends`;
});

const ID = 'lower-case letters, digits and hyphens, with a letter first and no hyphen last';

/** A tenant's id: 2 to 32 characters, so that names derived from it stay readable. Reserved ids are no matter here. */
export const tenantId = text(ID, (value) => {
  if (value.length < 2 || value.length > 32) return `2 to 32 characters instead of ${value.length}`;
  return /^[a-z][a-z0-9-]*[a-z0-9]$/.test(value) ? undefined : ID;
});

/** What no manifest, variable or file can carry, in any kind of text: the code point of the first, or undefined. */
export function unspeakable(value: string): string | undefined {
  for (const character of value) {
    const code = character.codePointAt(0) ?? 0;
    if (code === 0 || (code >= 0xd800 && code <= 0xdfff))
      return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  }
  return undefined;
}
