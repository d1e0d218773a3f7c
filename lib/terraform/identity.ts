import { Construct } from 'constructs';
import type { OauthClientDetails } from '../backing/oauth-client';
import type { PlatformData, SecretStore, StateBackend } from '../model/platform';
import type { Space } from '../model/resolved';
import { storeKey } from '../model/store-key';
import type { SecretPart } from '../model/values';
import { AuthentikKnownGroup, groupId } from './authentik';
import { Provider } from './elements';
import { type Expression, expression, quoted } from './expression';
import { OauthClient, oauthClients } from './oauth-client';
import { kubernetesProvider } from './secret-store';
import { Servers } from './servers';
import { IsolatedStack } from './stack';
import { dataOf, type Text } from './typed';

/**
 * Clients of a space that have a secret. The provider keeps it in the state, whatever is done about it, and so these are no part of the
 * space's stack: this one's state holds nothing else that is worth having, and its backend must encrypt it with a key of its own.
 */

export interface IdentityStackProps {
  readonly platform: PlatformData;
  readonly space: Space;
}

/** Applied after the space's own stack, which makes the groups and writes the secrets. */
export class IdentityStack extends IsolatedStack {
  readonly clients: readonly OauthClient[];

  constructor(scope: Construct, id: string, { platform, space }: IdentityStackProps) {
    const { backend } = platform.terraform;
    super(scope, id, { backend, key: identityKey(space.stateKey) });
    if (!isEncrypted(backend)) this.addOverride('variable.state_encrypted', STATE_ENCRYPTED);
    const { secretStore } = space.cluster;
    const providers = new Construct(this, '_providers');
    const known = new Construct(this, '_groups');
    const servers = new Servers(new Construct(this, '_servers'), platform);
    const read = reader({ providers, secrets: new Construct(this, '_secrets') }, secretStore, space);
    const groups = new Map<string, Expression>();
    const versions: Record<string, number> = {};
    this.clients = oauthClients(space.offers).confidential.map(({ name, server, secrets, ...offer }) => {
      const details = offer.details as OauthClientDetails;
      const provider = servers.authentik(server ?? '');
      for (const group of details.groups) {
        if (groups.has(group)) continue;
        const given = { name: group, include_users: false } as const;
        const found = new AuthentikKnownGroup(known, groupId(group), { provider, arguments: given });
        groups.set(group, found.attribute('id'));
      }
      // So that a new version changes this file too, and CI applies it.
      versions[name] = secrets[0]?.version ?? 1;
      const secret = details.secret === null ? null : read(name, details.secret);
      const defaults = servers.authentikDefaults(server ?? '');
      return new OauthClient(this, name, { provider, defaults, details, groups, secret, suspended: space.suspended });
    });
    this.addOverride('locals', { versions });
  }
}

/** Where that state is. No state of a space itself ends so. */
export function identityKey(stateKey: string): string {
  return `${stateKey}_identity`;
}

/** Whether a backend says itself that it encrypts with a key of one's own: whoever can read states elsewhere cannot read these. */
export function isEncrypted(backend: StateBackend): boolean {
  if (backend.kind === 's3') return backend.kmsKeyId !== null;
  return backend.kind === 'gcs' && backend.kmsKey !== null;
}

// --- internal ---

/** What only CI knows, such as OpenTofu's `TF_ENCRYPTION` and keys of a storage account. */
const STATE_ENCRYPTED = {
  type: 'bool',
  description:
    'CI says that it encrypts this state, which holds secrets of clients: the backend does not say so itself.',
  validation: [
    {
      condition: '${var.state_encrypted}',
      error_message: 'This state holds secrets of clients: encrypt it, and say so by TF_VAR_state_encrypted=true.',
    },
  ],
};

class VaultSecret extends dataOf<{ readonly mount: Text; readonly name: Text }>('vault_kv_secret_v2') {}

class AwsSecret extends dataOf<{ readonly secret_id: Text }>('aws_secretsmanager_secret_version') {}

class KubernetesSecret extends dataOf<{
  readonly metadata: readonly [{ readonly name: Text; readonly namespace: Text }];
}>('kubernetes_secret_v1') {}

/** Looks an entry up. An ephemeral value would do for no argument but a write-only one. */
function reader(
  { providers, secrets }: { readonly providers: Construct; readonly secrets: Construct },
  store: SecretStore,
  { clusterName, secretReader }: Space,
): (name: string, secret: SecretPart) => Expression {
  const at = (path: string) => storeKey(store.kind, path);
  switch (store.kind) {
    case 'vault': {
      const given = { address: store.server, skip_child_token: true };
      const provider = new Provider(providers, 'vault', { name: 'vault', alias: clusterName, arguments: given });
      return (name, { path, key }) => {
        const where = { mount: store.mount, name: at(path) };
        const entry = new VaultSecret(secrets, name, { provider, arguments: where });
        return expression(`${entry.attribute('data').code}[${quoted(key)}]`);
      };
    }
    case 'aws-secrets-manager': {
      const given = { region: store.region };
      const provider = new Provider(providers, 'aws', { name: 'aws', alias: clusterName, arguments: given });
      return (name, { path, key }) => {
        const entry = new AwsSecret(secrets, name, { provider, arguments: { secret_id: at(path) } });
        return expression(`jsondecode(${entry.attribute('secret_string').code})[${quoted(key)}]`);
      };
    }
    case 'kubernetes': {
      const provider = kubernetesProvider(providers, clusterName);
      return (name, { path, key }) => {
        const metadata = [{ name: at(path), namespace: secretReader.role }] as const;
        const entry = new KubernetesSecret(secrets, name, { provider, arguments: { metadata } });
        return expression(`${entry.attribute('data').code}[${quoted(key)}]`);
      };
    }
  }
}
