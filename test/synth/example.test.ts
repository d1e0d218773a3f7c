import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseIndex } from '../../lib/registry/index-entry';
import { REPOSITORY, tree } from '../cli/support';
import { groupOf, type KubeObject, objects } from './objects';

describe('the committed output of the example', () => {
  const dist = join(REPOSITORY, 'dist');
  const files = [...tree(dist)].filter(([path]) => path.endsWith('.yaml'));
  const all = files.flatMap(([path, text]) => objects(text).map((object) => ({ path, object })));
  /** Groups that the API server has by itself; all others are custom. */
  const BUILT_IN = /^(|apps|autoscaling|batch|policy|(networking|rbac\.authorization|scheduling|storage)\.k8s\.io)$/;
  const CLUSTER_SCOPED = ['Namespace', 'PriorityClass'];

  /** Groups whose schemas no package publishes; the e2e tests apply them to the CRDs that can be had. */
  const UNPUBLISHED = /^(k8s\.mariadb\.com|rabbitmq\.com)$/;
  const custom = all.filter(({ object: { apiVersion } }) => {
    const group = groupOf(apiVersion);
    return !BUILT_IN.test(group) && !UNPUBLISHED.test(group);
  });
  const kinds = [...new Set(custom.map(({ object }) => `${object.apiVersion}/${object.kind}`))].sort();

  /** The published class of a custom resource, which validates; a kind without one has no business here. */
  function published(kind: string): new (object: KubeObject) => { validate: () => void } {
    const models = join(REPOSITORY, 'node_modules/@kubernetes-models');
    const found = readdirSync(models).find((name) => existsSync(join(models, name, `${kind}.js`)));
    if (found === undefined) throw new Error(`no package of @kubernetes-models publishes ${kind}`);
    return require(`@kubernetes-models/${found}/${kind}`)[kind.replace(/.*\//, '')];
  }

  test.each(kinds)('every %s is valid by its published schema', (kind) => {
    const Model = published(kind);
    const those = custom.filter(({ object }) => `${object.apiVersion}/${object.kind}` === kind);
    for (const { object } of those) new Model(object).validate();
    const wrong = { ...those[0]?.object, spec: 'wrong' } as KubeObject;
    expect(() => new Model(wrong).validate()).toThrow();
  });

  test('a kind that nobody publishes would be told', () => {
    expect(kinds.length).toBeGreaterThan(8);
    expect(() => published('example.com/v1/Thing')).toThrow('no package');
  });

  test('every object is named, labelled, and in a namespace unless its kind has none', () => {
    for (const { path, object } of all) {
      const { name, namespace, labels = {} } = object.metadata;
      expect([path, typeof name, typeof namespace]).toEqual([
        path,
        'string',
        CLUSTER_SCOPED.includes(object.kind) ? 'undefined' : 'string',
      ]);
      expect([path, object.kind, labels]).toEqual([
        path,
        object.kind,
        expect.objectContaining({ 'app.kubernetes.io/managed-by': 'tenantry' }),
      ]);
    }
  });

  test('no two objects on one cluster have the same identity', () => {
    const seen = new Map<string, string>();
    for (const { path, object } of all) {
      const { name, namespace = '' } = object.metadata;
      // Argo CD's own objects of all clusters lie in one.
      const cluster = path.startsWith('argocd/') ? 'argocd' : path.split('/')[1];
      const identity = [cluster, groupOf(object.apiVersion), object.kind, namespace, name].join(' ');
      expect([identity, seen.get(identity), path]).toEqual([identity, undefined, path]);
      seen.set(identity, path);
    }
    expect(seen.size).toBe(all.length);
  });

  test('a tenant writes into its own namespace, and into _platform what it registers there', () => {
    for (const { path, object } of all) {
      const id = /^kubernetes\/[^/]+\/([^_/]+)\//.exec(path)?.[1];
      if (id === undefined) continue;
      const index = parseIndex(readFileSync(join(dist, 'index', `${id}.json`), 'utf8'));
      const namespace = object.kind === 'Namespace' ? object.metadata.name : object.metadata.namespace;
      expect([path, object.kind, namespace]).toEqual([path, object.kind, index?.namespace]);
    }
  });
});
