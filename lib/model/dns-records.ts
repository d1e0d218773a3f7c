import { isIP } from 'node:net';
import type { Tenant } from './resolved';

/** A DNS record that the owner of a custom domain sets. */
export interface DnsRecord {
  readonly host: string;
  readonly type: 'CNAME' | 'A' | 'AAAA';
  readonly value: string;
}

/**
 * Records for the hosts whose zone is not the platform's. A CNAME to the tenant's own platform host survives a move of the cluster's
 * address; the top of a zone can bear none, so the addresses are given as well.
 */
export function dnsRecords(tenant: Tenant): DnsRecord[] {
  const hosts = tenant.routes.flatMap((route) => route.hosts);
  const own = hosts.find(({ kind }) => kind === 'platform')?.host;
  const custom = new Set(hosts.filter(({ kind }) => kind === 'custom').map(({ host }) => host));
  const { addresses } = tenant.cluster.routing;
  // Without a host of its own, the name of the cluster's load balancer is what a CNAME can point at.
  const names = own === undefined ? addresses.filter((address) => isIP(address) === 0) : [own];
  const records = [
    ...names.map((value) => ({ type: 'CNAME' as const, value })),
    ...addresses.flatMap((value) => {
      const version = isIP(value);
      return version === 0 ? [] : [{ type: version === 6 ? ('AAAA' as const) : ('A' as const), value }];
    }),
  ];
  return [...custom].flatMap((host) => records.map((record) => ({ host, ...record })));
}
