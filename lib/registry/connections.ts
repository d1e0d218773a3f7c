import { type Problem, show } from '../model/errors';
import { formatPath } from '../model/explain';
import type { PlatformModel } from '../model/parse-platform';
import { connectionsOf } from '../model/resolve-credentials';
import type { TenantFacts } from '../model/resolved';
import { listed } from './words';

/** What the logins of a server's tenants may open together must fit into what it takes. */

export type ConnectionsPlatform = Pick<PlatformModel, 'file' | 'servers' | 'shared'>;

/** Purged tenants count for nothing. Their stack is gone, and what it made stays: whoever purges a tenant suspends it and applies that first. */
export function connectionProblems(platform: ConnectionsPlatform, tenants: readonly TenantFacts[]): Problem[] {
  const users = usersByServer(platform, tenants);
  return Object.entries(platform.servers).flatMap(([name, server]) => {
    if (!('maxConnections' in server) || server.maxConnections === null) return [];
    const { maxConnections, reservedConnections } = server;
    const held = users.get(name) ?? [];
    const sum = held.reduce((total, { connections }) => total + connections, 0);
    if (sum <= maxConnections - reservedConnections) return [];
    const largest = [...held].sort((a, b) => b.connections - a.connections || (a.name < b.name ? -1 : 1));
    const names = listed(largest.map((user) => `${user.name} (${user.connections})`));
    const found =
      `what may be opened on ${show(name)} comes to ${sum} connections: ${names}; ` +
      `it takes ${maxConnections}, and ${reservedConnections} of them are reserved`;
    const fix = `raise maxConnections to ${sum + reservedConnections} here and on the server, lower the connections of these, or place tenants on another server`;
    const path = `${formatPath('servers', [name])}.maxConnections`;
    return [{ code: 'E_CONNECTIONS', file: platform.file, path, found, fix }];
  });
}

// --- internal ---

interface User {
  readonly name: string;
  readonly connections: number;
}

function usersByServer({ shared }: ConnectionsPlatform, tenants: readonly TenantFacts[]): Map<string, User[]> {
  const users = new Map<string, User[]>();
  const add = (name: string, connections: Readonly<Record<string, number>>) => {
    for (const [server, count] of Object.entries(connections)) {
      const held = users.get(server) ?? [];
      held.push({ name, connections: count });
      users.set(server, held);
    }
  };
  for (const [clusterName, spaces] of shared) {
    for (const { product, offers } of spaces.values())
      add(`the shared services of ${product} on ${clusterName}`, connectionsOf(offers));
  }
  for (const { file, state, connections } of tenants) if (state !== 'purged') add(file, connections);
  return users;
}
