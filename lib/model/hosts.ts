import { domainToASCII } from 'node:url';
import { show } from './errors';

/** A host in canonical form, or what is wrong with what was given and what to write. */
export type HostResult =
  | { readonly host: string; readonly problem?: undefined }
  | { readonly problem: string; readonly host?: undefined };

/** What people paste with a host, in the order in which it is looked for. */
const EXTRAS: readonly (readonly [RegExp, string])[] = [
  [/:\/\//, 'a scheme'],
  [/[/?#\\]/, 'a path'],
  [/@/, 'a user'],
  [/\[|\]|:.*:/, 'an IP address'],
  [/:/, 'a port'],
  // domainToASCII would drop tabs and line ends and decode percent signs, silently.
  [/\s/, 'a blank'],
  [/%/, 'a percent sign'],
];

function labelProblem(label: string): string | undefined {
  if (label === '') return 'an empty label - write one dot between labels';
  if (label.length > 63) return `the label ${show(label)} of ${label.length} characters - write at most 63`;
  if (!/^[a-z0-9-]+$/.test(label)) return `the label ${show(label)} - write letters, digits and hyphens only`;
  if (label.startsWith('-') || label.endsWith('-')) return `the label ${show(label)} - write no hyphen at its ends`;
  return undefined;
}

/** What is wrong with a name without its wildcard; labels are ASCII and lower case by now. */
function nameProblem(name: string): string | undefined {
  const labels = name.split('.');
  for (const label of labels) {
    const problem = labelProblem(label);
    if (problem !== undefined) return problem;
  }
  // The URL standard reads a host whose last label is a number as an IPv4 address, and no such domain exists.
  if (/^(?:\d+|0x[0-9a-f]*)$/.test(labels[labels.length - 1] ?? '')) return 'an IP address - write a host name';
  if (labels.length < 2) return 'one label - write at least two, such as "debates.acme.example"';
  return undefined;
}

/**
 * The one spelling of a host that claims are compared by: lower case, punycode, no trailing dot, optionally with a
 * first label `*` above at least two more. Lengths are those of RFC 1035: 63 a label, 253 in all.
 */
export function canonicalHost(input: string): HostResult {
  const expected = (what: string): HostResult => ({ problem: `expected a host name, got ${what}` });
  const extra = EXTRAS.find(([pattern]) => pattern.test(input));
  if (extra !== undefined) return expected(`${extra[1]} in ${show(input)} - write the host name alone`);
  const wildcard = input.startsWith('*.') ? '*.' : '';
  const given = input.slice(wildcard.length).toLowerCase();
  // Only where it is needed: it turns 127.1 into an address.
  const isPlain = /^[!-~]*$/.test(given) && !/(?:^|\.)xn--/.test(given);
  const ascii = isPlain ? given : domainToASCII(given);
  if (ascii === '' && given !== '') return expected(`${show(input)} - write a valid internationalized name`);
  // After the conversion, which turns other scripts' full stops into dots.
  const name = ascii.endsWith('.') ? ascii.slice(0, -1) : ascii;
  if (name === '') return expected(`${show(input)} - write one such as "debates.acme.example"`);
  const problem = nameProblem(name);
  if (problem !== undefined) return expected(problem);
  const host = wildcard + name;
  if (host.length > 253) return expected(`${host.length} characters - write at most 253`);
  return { host };
}

/**
 * Whether some request could match both canonical hosts. A wildcard is taken in its widest sense: one label deep for
 * certificates, any number of labels for the Gateway API's hostnames; never the domain itself.
 */
export function hostsOverlap(a: string, b: string): boolean {
  return a === b || covers(a, b) || covers(b, a);
}

function covers(wildcard: string, host: string): boolean {
  return wildcard.startsWith('*.') && host.endsWith(wildcard.slice(1)) && host !== wildcard;
}

/** Whether a canonical host is the domain or lies below it, at any depth. */
export function isUnder(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`);
}

/** Whether a certificate for `*.domain` serves the canonical host: exactly one label below (RFC 6125 6.4.3). */
export function isCoveredByWildcard(host: string, domain: string): boolean {
  const label = host.endsWith(`.${domain}`) ? host.slice(0, -domain.length - 1) : '';
  return label !== '' && !label.includes('.');
}
