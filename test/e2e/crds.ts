import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { KubeClient } from './client';
import { cached, go, requireGo, say } from './control-plane/cache';
import { CRD_MODULES, type CrdModule, OPEN_KINDS, type OpenKind } from './crd-sources';
import type { KubeObject } from './objects';
import { eventually, pooled } from './wait';

interface CrdSpec {
  group: string;
  names: { kind: string };
  versions: { name: string; served: boolean }[];
}
interface CrdStatus {
  conditions?: { type: string; status: string }[];
}
type Crd = KubeObject<CrdSpec, CrdStatus>;

/**
 * Installs the CRDs of those custom kinds that the objects use, and waits until the server knows them. Returns the
 * kinds for which only an open stand-in could be had: about those the server's approval says nothing.
 */
export async function installCrds(client: KubeClient, objects: readonly KubeObject[]): Promise<string[]> {
  const wanted = new Set(objects.filter((object) => !client.knows(object)).map(groupAndKind));
  const real = await realCrds(wanted);
  const open = OPEN_KINDS.map(openCrd).filter((crd) => wanted.has(identity(crd)));
  await pooled(8, [...real, ...open], (crd) => client.create(crd));
  const late = await eventually(60, async () => {
    const crds = await client.list<CrdSpec, CrdStatus>('apiextensions.k8s.io/v1', 'CustomResourceDefinition');
    return crds.filter((crd) => !established(crd)).map((crd) => `${crd.metadata.name} is not established`);
  });
  // Discovery follows a moment after.
  const unknown = await eventually(60, async () => {
    await client.discover();
    return [...real, ...open]
      .flatMap(served)
      .filter((kind) => !client.knows(kind))
      .map(groupAndKind);
  });
  if (late.length + unknown.length > 0) throw new Error(`CRDs: ${[...late, ...unknown].join(', ')}`);
  return open.map(identity);
}

/** The CRDs of these kinds, from the modules of their groups: some files are a megabyte, so only theirs are parsed. */
async function realCrds(wanted: ReadonlySet<string>): Promise<Crd[]> {
  const kinds = [...wanted].map((identity) => identity.split(' ') as [group: string, kind: string]);
  const needed = CRD_MODULES.filter((source) => kinds.some(([group]) => `.${group}`.endsWith(`.${source.group}`)));
  const folders = await Promise.all(needed.map(download));
  const files = folders.flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)));
  const texts = files.map((file) => readFileSync(file, 'utf8'));
  const theirs = texts.filter((text) => kinds.some(([, kind]) => text.includes(` kind: ${kind}\n`)));
  const documents = theirs.flatMap((text) => parseAllDocuments(text).map((document) => document.toJS() as Crd | null));
  return documents.filter((crd): crd is Crd => crd?.kind === 'CustomResourceDefinition' && wanted.has(identity(crd)));
}

function download({ module, version, sum, path }: CrdModule): Promise<string> {
  return cached(`crds-${module.replace(/[^a-z0-9]+/g, '-')}`, [module, version, sum, path], async (draft) => {
    await requireGo();
    say(`downloading the CRDs of ${module} ${version}`);
    const found = JSON.parse(await go(['mod', 'download', '-json', `${module}@${version}`], draft)) as GoModule;
    if (found.Sum !== sum) throw new Error(`${module} ${version}: expected the checksum ${sum}, got ${found.Sum}`);
    const source = join(found.Dir, path);
    const files = statSync(source).isDirectory() ? readdirSync(source).map((file) => join(source, file)) : [source];
    mkdirSync(draft, { recursive: true });
    for (const file of files) if (/\.ya?ml$/.test(file)) copyFileSync(file, join(draft, basename(file)));
  });
}

interface GoModule {
  readonly Dir: string;
  readonly Sum: string;
}

function openCrd([group, version, kind, plural]: OpenKind): Crd {
  const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec: open, status: open } } };
  const names = { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` };
  const spec = {
    group,
    names,
    scope: 'Namespaced',
    versions: [{ name: version, served: true, storage: true, schema }],
  };
  const metadata = { name: `${plural}.${group}` };
  return { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata, spec };
}

function identity(crd: Crd): string {
  return `${crd.spec?.group} ${crd.spec?.names.kind}`;
}

function groupAndKind(object: { apiVersion: string; kind: string }): string {
  return `${object.apiVersion.split('/')[0]} ${object.kind}`;
}

function served(crd: Crd): { apiVersion: string; kind: string }[] {
  const { group = '', names, versions = [] } = crd.spec ?? {};
  const live = versions.filter((version) => version.served);
  return live.map(({ name }) => ({ apiVersion: `${group}/${name}`, kind: names?.kind ?? '' }));
}

function established(crd: Crd): boolean {
  return crd.status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True') ?? false;
}
