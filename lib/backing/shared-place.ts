import type { OfferContext, Peer } from '../model/offer';
import { peerAt } from '../model/peer';
import type { Server } from '../model/platform';

/** What an offer says of the server that tenants share. */
export interface SharedPlace {
  readonly server: string;
  readonly host: string;
  readonly port: number;
  readonly peer: Peer;
  readonly jurisdiction: string;
}

/** Where a server of the platform is, and where connections to it go. */
export function sharedPlace(
  { name, server: { host, port, peer, region } }: { readonly name: string; readonly server: Server },
  { platform }: Pick<OfferContext, 'platform'>,
): SharedPlace {
  return {
    server: name,
    host,
    port,
    peer: peerAt(peer, port),
    jurisdiction: platform.regions[region]?.jurisdiction ?? '',
  };
}

/** The address of a server that speaks HTTPS, as short as it goes: some compare it letter by letter. */
export function httpsAddress({ host, port }: Pick<SharedPlace, 'host' | 'port'>): string {
  return port === 443 ? `https://${host}` : `https://${host}:${port}`;
}
