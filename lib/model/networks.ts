import ipaddr from 'ipaddr.js';
import { show } from './errors';

/** An address range: its lowest address as a number, and how many leading bits of it are fixed. */
export interface Network {
  readonly family: 'ipv4' | 'ipv6';
  readonly first: bigint;
  readonly prefix: number;
}

/** A range, or what is wrong with the text and what to write. */
export type NetworkResult =
  | { readonly network: Network; readonly problem?: undefined }
  | { readonly problem: string; readonly network?: undefined };

/** A range in its one spelling, or what is wrong with the text and what to write. */
export type CidrResult =
  | { readonly cidr: string; readonly problem?: undefined }
  | { readonly problem: string; readonly cidr?: undefined };

/**
 * Where clouds hand out an instance's own credentials and configuration; no tenant has business there. The link-local
 * range also holds the credential agents of AWS (169.254.170.2, 169.254.170.23) and, where it is installed,
 * NodeLocal DNSCache (169.254.20.10), which then needs a rule of its own.
 */
export const METADATA: readonly string[] = [
  /** RFC 3927, link-local. */
  '169.254.0.0/16',
  /** Amazon EC2 user guide, "Access instance metadata"; the same address at Google, Azure, OpenStack and others. */
  '169.254.169.254/32',
  /** Amazon EC2 user guide, "Access instance metadata", over IPv6. */
  'fd00:ec2::254/128',
  /** Google Compute Engine docs, "View and query VM metadata", over IPv6. */
  'fd20:ce::254/128',
  /** Microsoft Learn, "What is IP address 168.63.129.16?": Azure's wire server. */
  '168.63.129.16/32',
  /** Alibaba Cloud ECS docs, "Access instance metadata". */
  '100.100.100.200/32',
];

/** Ranges that are not the internet. */
export const PRIVATE: readonly string[] = [
  /** RFC 1918. */
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  /** RFC 6598, between carriers and customers; clouds use it for pods. */
  '100.64.0.0/10',
  /** RFC 1122 3.2.1.3 and RFC 4291 2.5.3, loopback. */
  '127.0.0.0/8',
  '::1/128',
  /** RFC 3927 and RFC 4291 2.5.6, link-local. */
  '169.254.0.0/16',
  'fe80::/10',
  /** RFC 4193, unique local. */
  'fc00::/7',
];

function size(family: Network['family']): number {
  return family === 'ipv4' ? 32 : 128;
}

/** The address without the bits that the prefix leaves open. */
function masked(family: Network['family'], address: bigint, prefix: number): bigint {
  const open = BigInt(size(family) - prefix);
  return (address >> open) << open;
}

function format({ family, first, prefix }: Network): string {
  const bytes: number[] = [];
  for (let shift = size(family) - 8; shift >= 0; shift -= 8) bytes.push(Number((first >> BigInt(shift)) & 255n));
  return `${ipaddr.fromByteArray(bytes).toString()}/${prefix}`;
}

/** What some readers take and others don't, or read otherwise: octal octets, 10.1 for 10.0.0.1, zones, ::1.2.3.4. */
function notationProblem(text: string): string | undefined {
  if (text.includes('%')) return 'leave out the zone';
  if (text.includes(':') && text.includes('.')) return 'write IPv4, or IPv6 in hexadecimal all through';
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return `write ${text}/32 for a single address`;
  if (ipaddr.IPv6.isValid(text)) return `write ${text}/128 for a single address`;
  const isRange = ipaddr.IPv4.isValidCIDRFourPartDecimal(text) || ipaddr.IPv6.isValidCIDR(text);
  return isRange && /\/(0|[1-9]\d*)$/.test(text) ? undefined : 'write one such as 10.0.0.0/16 or 2001:db8::/32';
}

/** Reads a range in CIDR notation; bits beyond its mask are dropped (see {@link canonicalCidr}). */
export function parseCidr(text: string): NetworkResult {
  const got = `expected an address range, got ${show(text)}`;
  const problem = notationProblem(text);
  if (problem !== undefined) return { problem: `${got} - ${problem}` };
  const [address, prefix] = ipaddr.parseCIDR(text);
  if (prefix >= 96 && address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress()) {
    return { problem: `${got}, IPv4 inside IPv6 - write ${address.toIPv4Address().toString()}/${prefix - 96}` };
  }
  const family = address.kind();
  const number = address.toByteArray().reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  return { network: { family, first: masked(family, number, prefix), prefix } };
}

/** The one spelling of a range (RFC 5952 for IPv6). Bits beyond the mask are a problem: what was meant is unclear. */
export function canonicalCidr(text: string): CidrResult {
  const { network, problem } = parseCidr(text);
  if (network === undefined) return { problem };
  const cidr = format(network);
  const address = text.slice(0, text.indexOf('/'));
  if (ipaddr.parse(address).toString() === cidr.slice(0, cidr.indexOf('/'))) return { cidr };
  return { problem: `expected an address range without bits beyond its mask, got ${show(text)} - write ${cidr}` };
}

/** A platform knows a few dozen ranges and asks of them for every tenant. */
const KNOWN = new Map<string, Network>();
const MOST_KNOWN = 10_000;

function read(text: string): Network {
  const known = KNOWN.get(text);
  if (known !== undefined) return known;
  const { network, problem } = parseCidr(text);
  if (network === undefined) throw new Error(problem);
  if (KNOWN.size < MOST_KNOWN) KNOWN.set(text, network);
  return network;
}

function holds(outer: Network, inner: Network): boolean {
  if (outer.family !== inner.family || outer.prefix > inner.prefix) return false;
  return masked(outer.family, inner.first, outer.prefix) === outer.first;
}

/** Whether every address of `inner` lies in `outer`; never across families. Throws on what is no range. */
export function contains(outer: string, inner: string): boolean {
  return holds(read(outer), read(inner));
}

/** Whether two ranges share an address; of two ranges that do, one always contains the other. */
export function overlaps(a: string, b: string): boolean {
  return contains(a, b) || contains(b, a);
}

/**
 * What an ipBlock for `cidr` lists under `except`, which the API server accepts only strictly inside `cidr`: those of
 * `closed` that are, each once, in canonical form, without those inside another, by address. Where `cidr` lies in a
 * closed range itself, no exception can close it: whoever allows it has to refuse that.
 */
export function exceptFor(cidr: string, closed: readonly string[]): string[] {
  const outer = read(cidr);
  const inside = closed.map(read).filter((network) => holds(outer, network) && network.prefix > outer.prefix);
  // A range sorts before those inside it, so one look at the last one kept is enough.
  inside.sort((a, b) => (a.first === b.first ? a.prefix - b.prefix : a.first < b.first ? -1 : 1));
  const kept: Network[] = [];
  for (const network of inside) {
    const last = kept.at(-1);
    if (last === undefined || !holds(last, network)) kept.push(network);
  }
  return kept.map(format);
}
