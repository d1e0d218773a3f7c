import type { RedisDetails } from '../backing/redis';
import type { OwnServer } from '../model/offer';
import type { PlainServerOptions } from './plain-server';

/**
 * A Redis of a tenant's own. Its password reaches it as a hash in a file, which no password can break out of, and is on no
 * command line.
 */
export function plainRedis(own: OwnServer, { password }: RedisDetails): PlainServerOptions {
  const timing = { periodSeconds: 10, timeoutSeconds: 3, failures: 3 };
  return {
    command: ['/bin/sh', '-c', START],
    env: [
      { name: 'PASSWORD', parts: [password] },
      { name: 'APPENDONLY', parts: [own.storageGiB > 0 ? 'yes' : 'no'] },
      // The rest is for buffers of clients, and for the copy on write while it saves.
      { name: 'MAXMEMORY', parts: [`${Math.floor(own.memoryMiB * 0.75)}mb`] },
    ],
    probes: {
      readiness: { command: ['/bin/sh', '-c', PING], ...timing },
      liveness: { tcp: own.port, ...timing, failures: 6 },
      startup: null,
    },
    stopSeconds: 30,
  };
}

// --- internal ---

/** What expires goes first when memory is short, and nothing else ever does: queues live here too. */
const START = `set -eu
hash=$(printf %s "$PASSWORD" | sha256sum)
unset PASSWORD
echo "user default on #\${hash%% *} ~* &* +@all" > /tmp/users.acl
exec redis-server --aclfile /tmp/users.acl --dir /data --save '' --appendonly "$APPENDONLY" \\
  --maxmemory "$MAXMEMORY" --maxmemory-policy volatile-lru`;

const PING = `[ "$(REDISCLI_AUTH="$PASSWORD" redis-cli ping)" = PONG ]`;
