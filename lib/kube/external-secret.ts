import type { IExternalSecretSpec } from '@kubernetes-models/external-secrets/external-secrets.io/v1';
import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Space } from '../model/resolved';
import { storeKey } from '../model/store-key';
import type { SecretPart } from '../model/values';
import type { SecretEntry } from './environment';
import { goTemplate } from './go-template';
import { labels, type MetadataOptions, metadata } from './metadata';
import { SECRET_STORE } from './secret-store';

/** Secrets that External Secrets reads from the store and writes into a namespace. No value is ever here. */

export interface ExternalSecretOptions {
  /** Of the ExternalSecret and of the Secret that it makes. */
  readonly name: string;
  /** What the Secret holds, by key. At least one part of them is secret: External Secrets' webhook refuses what reads nothing. */
  readonly entries: readonly SecretEntry[];
  /** SecretStore of the namespace; the space's own unless given. */
  readonly store?: string;
  /** Labels and order of the ExternalSecret; the Secret has the labels too, but for the workload's. */
  readonly metadata: MetadataOptions;
}

/** A Secret whose keys are assembled from entries of the store and the text around them. */
export function externalSecret(scope: Construct, id: string, space: Space, options: ExternalSecretOptions): ApiObject {
  const { name, entries, store = SECRET_STORE } = options;
  const parts = distinctParts(entries);
  if (parts.length === 0) throw new Error(`nothing in ${name} is secret`);
  const names = new Map(parts.map((named) => [identity(named.part), named.name]));
  const nameOf = (part: SecretPart) => names.get(identity(part)) ?? '';
  const spec: IExternalSecretSpec = {
    refreshInterval: '1h0m0s',
    secretStoreRef: { kind: 'SecretStore', name: store },
    target: {
      name,
      creationPolicy: 'Owner',
      // An entry that vanishes from the store never takes a running application's credentials with it.
      deletionPolicy: 'Retain',
      template: {
        engineVersion: 'v2',
        mergePolicy: 'Replace',
        metadata: { labels: { ...labels(space), ...options.metadata.labels } },
        data: Object.fromEntries(entries.map((entry) => [entry.key, goTemplate(entry.parts, nameOf)])),
      },
    },
    data: parts.map((named) => ({
      secretKey: named.name,
      // What the API server would add, so that what is applied is what is there.
      remoteRef: {
        ...remoteRef(space, named.part),
        conversionStrategy: 'Default',
        decodingStrategy: 'None',
        metadataPolicy: 'None',
      },
    })),
  };
  return object(scope, id, space, name, options.metadata, spec);
}

export interface CopiedSecretOptions {
  readonly name: string;
  readonly key: string;
  readonly part: SecretPart;
  /** SecretStore of the namespace; the space's own unless given. */
  readonly store?: string;
  readonly metadata: MetadataOptions;
}

/** One key as it is in the store, and nothing written down that is so anyway: for where a thousand of them share a file. */
export function copiedSecret(scope: Construct, id: string, space: Space, options: CopiedSecretOptions): ApiObject {
  const { name, key, part, store = SECRET_STORE } = options;
  const spec: IExternalSecretSpec = {
    secretStoreRef: { name: store },
    data: [{ secretKey: key, remoteRef: remoteRef(space, part) }],
  };
  return object(scope, id, space, name, options.metadata, spec);
}

// --- internal ---

function object(
  scope: Construct,
  id: string,
  space: Space,
  name: string,
  options: MetadataOptions,
  spec: IExternalSecretSpec,
): ApiObject {
  return new ApiObject(scope, id, {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: metadata(space, name, options),
    spec,
  });
}

function remoteRef({ cluster }: Space, { path, key }: SecretPart) {
  return { key: storeKey(cluster.secretStore.kind, path), property: key };
}

/** A key of one entry of the store, and what it is called in templates. */
interface NamedPart {
  readonly part: SecretPart;
  readonly name: string;
}

/** Each key of the store once, in order of appearance, named after the end of its path so that templates can be read. */
function distinctParts(entries: readonly SecretEntry[]): NamedPart[] {
  const found = new Map<string, NamedPart>();
  const taken = new Set<string>();
  for (const part of entries.flatMap(({ parts }) => parts)) {
    if (typeof part === 'string' || found.has(identity(part))) continue;
    const base = identifier(`${part.path.split('/').at(-1)}_${part.key}`);
    let name = base;
    for (let n = 2; taken.has(name); n++) name = `${base}_${n}`;
    taken.add(name);
    found.set(identity(part), { part, name });
  }
  return [...found.values()];
}

function identity({ path, key }: SecretPart): string {
  return JSON.stringify([path, key]);
}

/** As Go wants the name of a field. */
function identifier(text: string): string {
  return text.replace(/[^A-Za-z0-9]+/g, '_').replace(/^(?![A-Za-z])/, 's_');
}
