import type { IExternalSecretSpec } from '@kubernetes-models/external-secrets/external-secrets.io/v1';
import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { Space } from '../model/resolved';
import { storeKey } from '../model/store-key';
import type { SecretPart } from '../model/values';
import { type SecretEntry, secretsName } from './environment';
import { goTemplate } from './go-template';
import { metadata } from './metadata';
import { SECRET_STORE } from './secret-store';

export interface WorkloadSecretsProps {
  readonly space: Space;
  /** Service, job or `backup`. */
  readonly workload: string;
  /** What its Secret holds, by key; `secretEntries` lists it. */
  readonly entries: readonly SecretEntry[];
}

/**
 * The secrets of one workload: External Secrets reads them with the space's own account and writes one Secret, with a key
 * for each variable and file. No value is ever here. Suspension changes nothing of it.
 */
export class WorkloadSecrets extends Construct {
  readonly externalSecret: ApiObject;

  constructor(scope: Construct, id: string, { space, workload, entries }: WorkloadSecretsProps) {
    super(scope, id);
    const name = secretsName(workload);
    const spec: IExternalSecretSpec = {
      refreshInterval: '1h0m0s',
      secretStoreRef: { kind: 'SecretStore', name: SECRET_STORE },
      target: {
        name,
        creationPolicy: 'Owner',
        // An entry that vanishes from the store never takes the running application's credentials with it.
        deletionPolicy: 'Retain',
        template: templateOf(space, entries),
      },
      data: distinctParts(entries).map(({ part, name: secretKey }) => ({
        secretKey,
        // What the API server would add, so that what is applied is what is there.
        remoteRef: {
          key: storeKey(space.cluster.secretStore.kind, part.path),
          property: part.key,
          conversionStrategy: 'Default',
          decodingStrategy: 'None',
          metadataPolicy: 'None',
        },
      })),
    };
    this.externalSecret = new ApiObject(this, 'external-secret', {
      apiVersion: 'external-secrets.io/v1',
      kind: 'ExternalSecret',
      metadata: metadata(space, name, { wave: 'secret', component: workload }),
      spec,
    });
  }
}

// --- internal ---

/** A key of one entry of the store, and what it is called in templates. */
interface NamedPart {
  readonly part: SecretPart;
  readonly name: string;
}

function templateOf(space: Space, entries: readonly SecretEntry[]) {
  const names = new Map(distinctParts(entries).map(({ part, name }) => [identity(part), name]));
  const nameOf = (part: SecretPart) => names.get(identity(part)) ?? '';
  return {
    engineVersion: 'v2' as const,
    mergePolicy: 'Replace' as const,
    metadata: { labels: { ...space.labels } },
    data: Object.fromEntries(entries.map(({ key, parts }) => [key, goTemplate(parts, nameOf)])),
  };
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
