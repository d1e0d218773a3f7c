import { Construct } from 'constructs';
import type { BucketDetails } from '../backing/bucket';
import type { MysqlDetails } from '../backing/mysql';
import type { OauthClientDetails } from '../backing/oauth-client';
import type { PostgresqlDetails } from '../backing/postgresql';
import type { PostgresqlRowsDetails } from '../backing/postgresql-rows';
import { backupSpace } from '../model/backup-space';
import type { Login } from '../model/credentials';
import type { Offer } from '../model/offer';
import type { PlatformData } from '../model/platform';
import type { Space, Tenant } from '../model/resolved';
import { BackupRepository } from './backup-repository';
import { Buckets } from './bucket';
import type { Prerequisite } from './elements';
import type { Expression } from './expression';
import { MysqlDatabase } from './mysql';
import { makeGroups, OauthClient, oauthClients } from './oauth-client';
import { PostgresqlDatabase } from './postgresql';
import { PostgresqlRows } from './postgresql-rows';
import { KubernetesStore, VaultReader } from './readers';
import { type Entry, type EntryWriter, entryWriter } from './secret-store';
import { Servers } from './servers';
import { IsolatedStack } from './stack';

/** Everything that Terraform makes for a tenant, or for the shared services of a product on a cluster. */

export interface SpaceStackProps {
  readonly platform: PlatformData;
  readonly space: Space;
}

/** A space's stack: its databases, buckets and clients, and every entry of the secret store that is made at random. */
export class SpaceStack extends IsolatedStack {
  readonly entries: ReadonlyMap<string, Entry>;

  constructor(scope: Construct, id: string, { platform, space }: SpaceStackProps) {
    super(scope, id, { backend: platform.terraform.backend, key: space.stateKey });
    // No backing service has a name with an underscore, and so none that one of these has.
    const [providers, access, secrets, people] = ['_providers', '_access', '_secrets', '_groups'].map(
      (name) => new Construct(this, name),
    ) as [Construct, Construct, Construct, Construct];
    const writer = entryWriter(providers, space.cluster.secretStore, space.clusterName);
    const prerequisites = readers(access, platform, space, writer);
    this.entries = entriesOf(secrets, space, writer, prerequisites);
    const servers = new Servers(new Construct(this, '_servers'), platform);
    const groups = makeGroups(people, oauthClients(space.offers).all, (name) => servers.authentik(name));
    for (const offer of space.offers) partOf(this, offer, { space, servers, entries: this.entries, groups });
    const repository = space.backup?.access ?? null;
    const entry = this.entries.get(space.backup?.secretPath ?? '');
    if (repository === null || entry === undefined) return;
    new BackupRepository(this, '_backup', { provider: servers.minio(repository.server), access: repository, entry });
  }
}

/** Whether there is anything for a stack to do. */
export function hasStack({
  offers,
  backup,
  projectedPaths,
}: Pick<Space, 'offers' | 'backup' | 'projectedPaths'>): boolean {
  return (
    backup !== null ||
    projectedPaths.length > 0 ||
    offers.some(({ server, secrets }) => server !== null || secrets.some(({ origin }) => origin === 'generated'))
  );
}

// --- internal ---

interface PartContext {
  readonly space: Space;
  readonly servers: Servers;
  readonly entries: ReadonlyMap<string, Entry>;
  /** Ids of groups in the identity provider, by name. */
  readonly groups: ReadonlyMap<string, Expression>;
}

function entriesOf(
  scope: Construct,
  { offers, backup, secretReader }: Space,
  writer: EntryWriter,
  after: readonly Prerequisite[],
): Map<string, Entry> {
  const place = { namespace: secretReader.role, after };
  const entries = new Map<string, Entry>();
  for (const { name, secrets } of offers) {
    const own = new Construct(scope, name);
    for (const { path, keys, length, origin, use = 'value', version = 1 } of secrets) {
      if (origin !== 'generated' || entries.has(path)) continue;
      entries.set(path, writer.entry(own, use, { path, keys, length, version, ...place }));
    }
  }
  if (backup !== null) {
    const { access, secretPath: path } = backup;
    // Where the store is somebody else's, its owner adds both parts of the key.
    const key = access === null ? {} : { fixed: { accessKeyId: access.user } };
    const keys = access === null ? ['password'] : ['password', 'secretAccessKey'];
    const made = { path, keys, length: PASSWORD_LENGTH, version: 1, ...key, ...place };
    entries.set(path, writer.entry(scope, '_backup', made));
  }
  return entries;
}

/** Of a repository of restic, which cannot change it; 32 characters are 190 bits. */
const PASSWORD_LENGTH = 32;

/** Who else reads entries of a space: the product's shared services what is projected, and retention the repository's password. */
function readers(
  scope: Construct,
  platform: PlatformData,
  space: Space,
  { store, provider }: EntryWriter,
): readonly Prerequisite[] {
  const { namespace, clusterName, offers, backup, secretReader } = space;
  const ownPaths = [
    ...offers.flatMap(({ secrets }) => secrets.map(({ path }) => path)),
    ...(backup === null ? [] : [backup.secretPath]),
  ];
  if (store.kind === 'vault') {
    const { mount, authMount } = store;
    const paths = [...ownPaths, ...space.projectedPaths];
    const policy = `${space.environment}.${clusterName}.${namespace}`;
    const { role } = secretReader;
    new VaultReader(scope, 'reader', { provider, mount, authMount, role, policy, namespace, paths });
  }
  if (store.kind !== 'kubernetes') return [];
  const retention = backupSpace(platform, clusterName).namespace;
  const guests: Record<string, readonly string[]> = { [retention]: backup === null ? [] : [backup.secretPath] };
  const projected = (space as Partial<Tenant>).projection?.secrets ?? [];
  if (space.shared !== null) {
    guests[space.shared.namespace] = projected
      .flatMap(({ parts }) => parts)
      .flatMap((part) => (typeof part === 'string' ? [] : [part.path]));
  }
  const made = new KubernetesStore(scope, 'store', {
    ...{ provider, namespace: secretReader.role, owners: [namespace], guests },
  });
  return [made.namespace];
}

/** One for each kind and provision that a server of the platform gives. */
function partOf(scope: Construct, offer: Offer, { space, servers, entries, groups }: PartContext): void {
  if (offer.provision !== 'shared' || offer.server === null) return;
  const entry = ({ password }: Login): Entry => {
    const found = entries.get(password.path);
    if (found === undefined) throw new Error(`${space.id}: no entry ${password.path}`);
    return found;
  };
  const { suspended } = space;
  switch (offer.kind) {
    case 'postgresql': {
      const details = offer.details as PostgresqlDetails;
      const provider = servers.postgresql(offer.server);
      new PostgresqlDatabase(scope, offer.name, {
        provider,
        details,
        entry,
        suspended,
        isShared: space.kind === 'shared',
      });
      return;
    }
    case 'postgresql-rows': {
      const details = offer.details as PostgresqlRowsDetails;
      new PostgresqlRows(scope, offer.name, { provider: servers.postgresql(offer.server), details, entry, suspended });
      return;
    }
    case 'mysql': {
      const details = offer.details as MysqlDetails;
      new MysqlDatabase(scope, offer.name, { provider: servers.mysql(offer.server), details, entry, suspended });
      return;
    }
    case 'bucket': {
      const details = offer.details as BucketDetails;
      new Buckets(scope, offer.name, { provider: servers.minio(offer.server), details, entry, suspended });
      return;
    }
    case 'oauth-client': {
      const details = offer.details as OauthClientDetails;
      // Those that have a secret are the identity stack's.
      if (details.secret !== null) return;
      const provider = servers.authentik(offer.server);
      const defaults = servers.authentikDefaults(offer.server);
      new OauthClient(scope, offer.name, { provider, defaults, details, groups, secret: null, suspended });
    }
  }
}
