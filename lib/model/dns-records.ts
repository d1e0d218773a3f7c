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
  return hosts
    .filter(({ kind }) => kind === 'custom')
    .flatMap(({ host }): DnsRecord[] => [
      ...(own === undefined ? [] : [{ host, type: 'CNAME' as const, value: own }]),
      ...tenant.cluster.routing.addresses.map(
        (value): DnsRecord => ({ host, type: value.includes(':') ? 'AAAA' : 'A', value }),
      ),
    ]);
}
