import { SecretV1 } from '@cdktf/provider-kubernetes/lib/secret-v1';
import type { TerraformProvider } from 'cdktf';
import { Construct } from 'constructs';
import type { SecretStore } from '../model/platform';
import { storeKey } from '../model/store-key';
import { Ephemeral, keep, type Prerequisite, Provider, Resource, SecretVariable } from './elements';
import { type Expression, expression, quoted, text } from './expression';

/**
 * Entries of a cluster's secret store. The store comes first and is read back, so that whatever is given a value is given the one that
 * the store has, after a crash too. Values are ephemeral: no state and no plan holds one.
 */

export interface EntryProps {
  /** In the store; whoever reads it asks `storeKey` for the same. */
  readonly path: string;
  readonly keys: readonly string[];
  /** Characters of [A-Za-z0-9]. */
  readonly length: number;
  /** A new value is written whenever it changes. */
  readonly version: number;
  /** Namespace of the entries, where they are Secrets. */
  readonly namespace: string;
  readonly after?: readonly Prerequisite[];
  /** What else the entry holds, and is no secret. */
  readonly fixed?: Readonly<Record<string, string>>;
}

/** An entry that a stack writes. */
export interface Entry {
  readonly version: number;
  /** What the store holds; ephemeral. */
  value(key: string): Expression;
}

/** Writes entries; one for each stack. */
export interface EntryWriter {
  readonly store: SecretStore;
  /** Of the store. */
  readonly provider: Provider;
  entry(scope: Construct, id: string, props: EntryProps): Entry;
}

/** What writes to a store of this kind, with the providers that it takes. */
export function entryWriter(scope: Construct, store: SecretStore, clusterName: string): EntryWriter {
  switch (store.kind) {
    case 'vault': {
      const at = { address: store.server, skip_child_token: true };
      const provider = new Provider(scope, 'vault', { name: 'vault', alias: clusterName, arguments: at });
      const random = randomProvider(scope);
      const entry: EntryWriter['entry'] = (parent, id, props) =>
        new VaultEntry(parent, id, { ...props, vault: provider, random, mount: store.mount });
      return { store, provider, entry };
    }
    case 'aws-secrets-manager': {
      const at = { region: store.region };
      const provider = new Provider(scope, 'aws', { name: 'aws', alias: clusterName, arguments: at });
      const random = randomProvider(scope);
      return {
        ...{ store, provider },
        entry: (parent, id, props) => new AwsEntry(parent, id, { ...props, aws: provider, random }),
      };
    }
    case 'kubernetes': {
      const provider = kubernetesProvider(scope, clusterName);
      const key = new SecretVariable(scope, 'credential_key', CREDENTIAL_KEY, 32).value;
      return {
        ...{ store, provider },
        entry: (parent, id, props) => new KubernetesEntry(parent, id, { ...props, kubernetes: provider, key }),
      };
    }
  }
}

/** Says nothing of the cluster: its address and credentials are CI's (`KUBE_CONFIG_PATH`, `KUBE_HOST` and so on). */
export function kubernetesProvider(scope: Construct, clusterName: string): Provider {
  return new Provider(scope, 'kubernetes', { name: 'kubernetes', alias: clusterName, arguments: {} });
}

// --- internal ---

const CREDENTIAL_KEY = 'What passwords are derived from, and CI alone holds: 32 random bytes or more.';

function randomProvider(scope: Construct): Provider {
  return new Provider(scope, 'random', { name: 'random', alias: 'values', arguments: {} });
}

/** A new value for each key at every run, of which only that of a new version is written. */
function candidates(scope: Construct, { keys, length, fixed = {} }: EntryProps, random: TerraformProvider): string {
  const values = keys.map((key) => {
    const value = new Ephemeral(scope, `new-${key}`, {
      type: 'random_password',
      arguments: { length, special: false },
      provider: random,
    });
    return `${quoted(key)} = ${value.attribute('result').code}`;
  });
  const known = Object.entries(fixed).map(([key, value]) => `${quoted(key)} = ${quoted(value)}`);
  return `jsonencode({ ${[...values, ...known].join(', ')} })`;
}

/** A version of Vault's key-value engine, read back through its own data. */
class VaultEntry extends Construct implements Entry {
  readonly version: number;
  readonly #read: Ephemeral;

  constructor(
    scope: Construct,
    id: string,
    props: EntryProps & { readonly vault: Provider; readonly random: Provider; readonly mount: string },
  ) {
    super(scope, id);
    const { vault, mount, path, version } = props;
    this.version = version;
    const written = new Resource(this, 'entry', {
      type: 'vault_kv_secret_v2',
      provider: vault,
      arguments: {
        mount,
        name: storeKey('vault', path),
        data_json_wo: expression(candidates(this, props, props.random)),
        data_json_wo_version: version,
      },
      preventDestroy: true,
    });
    this.#read = new Ephemeral(this, 'read', {
      type: 'vault_kv_secret_v2',
      provider: vault,
      // The id is known once the entry is written, and so is what is read.
      arguments: { mount, mount_id: written.attribute('id'), name: written.attribute('name') },
    });
  }

  value(key: string): Expression {
    return expression(`${this.#read.attribute('data').code}[${quoted(key)}]`);
  }
}

/** A version of an entry of AWS Secrets Manager, read back by its ARN. */
class AwsEntry extends Construct implements Entry {
  readonly version: number;
  readonly #read: Ephemeral;

  constructor(scope: Construct, id: string, props: EntryProps & { readonly aws: Provider; readonly random: Provider }) {
    super(scope, id);
    const { aws, path, version } = props;
    this.version = version;
    const entry = new Resource(this, 'entry', {
      type: 'aws_secretsmanager_secret',
      provider: aws,
      arguments: { name: storeKey('aws-secrets-manager', path), recovery_window_in_days: 30 },
      preventDestroy: true,
    });
    const written = new Resource(this, 'version', {
      type: 'aws_secretsmanager_secret_version',
      provider: aws,
      arguments: {
        secret_id: entry.attribute('id'),
        secret_string_wo: expression(candidates(this, props, props.random)),
        secret_string_wo_version: version,
      },
    });
    this.#read = new Ephemeral(this, 'read', {
      type: 'aws_secretsmanager_secret_version',
      provider: aws,
      arguments: { secret_id: written.attribute('secret_id'), version_id: written.attribute('version_id') },
    });
  }

  value(key: string): Expression {
    return expression(`jsondecode(${this.#read.attribute('secret_string').code})[${quoted(key)}]`);
  }
}

/**
 * A Secret that only its readers' roles reach. It can't be read back, so both sides are given the same whenever either is written: a
 * value that follows from CI's key, the entry and its version. Nested, so that one value says nothing of another (as HMAC is).
 */
class KubernetesEntry extends Construct implements Entry {
  readonly version: number;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: EntryProps & {
      readonly kubernetes: Provider;
      readonly key: Expression;
      readonly namespace: string;
    },
  ) {
    super(scope, id);
    const { kubernetes, path, keys, version, namespace } = props;
    this.version = version;
    const secret = new SecretV1(this, 'entry', {
      provider: kubernetes,
      metadata: {
        name: storeKey('kubernetes', path),
        namespace,
        labels: { 'app.kubernetes.io/managed-by': 'terraform' },
      },
      dataWo: {
        ...Object.fromEntries(Object.entries(props.fixed ?? {}).map(([key, value]) => [key, text(value)])),
        ...Object.fromEntries(keys.map((key) => [key, text(this.value(key))])),
      },
      // Without it the Secret would be made empty (terraform-provider-kubernetes#2833).
      dataWoRevision: version,
      waitForServiceAccountToken: false,
    });
    keep(secret, { preventDestroy: true, after: props.after ?? [] });
  }

  value(name: string): Expression {
    const { path, version, length, key } = this.props;
    const part = (index: number) => {
      const message = quoted(`/${path}#${name}/${version}${index === 0 ? '' : `/${index}`}`);
      return `sha256("\${${key.code}}\${sha256("\${${key.code}}\${${message}}")}")`;
    };
    const parts = Array.from({ length: Math.ceil(length / DIGEST_LENGTH) }, (_, index) => part(index));
    const whole = parts.length === 1 ? parts[0] : `join("", [${parts.join(', ')}])`;
    return expression(`substr(${whole}, 0, ${length})`);
  }
}

/** Of SHA-256 in hexadecimal. */
const DIGEST_LENGTH = 64;
