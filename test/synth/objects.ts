import { parseAllDocuments } from 'yaml';

/** As much of a Kubernetes object as tests look at. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: object };
  readonly spec?: unknown;
}

/** The objects of a manifest, read as YAML of a version. */
export function objects(manifest: string, version: '1.1' | '1.2' = '1.2'): KubeObject[] {
  return parseAllDocuments(manifest, { version }).map((document) => {
    const [error] = [...document.errors, ...document.warnings];
    if (error !== undefined) throw error;
    return document.toJS() as KubeObject;
  });
}

/** The group of an `apiVersion`; empty for the core one. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.replace(/\/.*/, '') : '';
}
