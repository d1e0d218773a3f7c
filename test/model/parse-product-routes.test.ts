import { productHaving, productProblems } from './fixture';

/** What of the product is replaced, the beginning of the problem, and a twin that is accepted. */
type Case = [string, Record<string, unknown>, string, Record<string, unknown>];

function refusesAndAccepts(cases: readonly Case[]): void {
  test.each(cases)('%s', (_, wrong, problem, right) => {
    expect(productProblems(productHaving(wrong))).toContainEqual(expect.stringContaining(problem));
    expect(productProblems(productHaving(right))).toEqual([]);
  });
}

describe('a route', () => {
  const hosts = (...templates: string[]) => ({ routes: [{ hosts: templates, paths: { '/': 'web' } }] });
  const paths = (given: object) => ({ routes: [{ hosts: ['{id}.{apex}'], paths: given }] });
  const shared = (...templates: string[]) => ({ 'shared.routes': [{ hosts: templates, paths: { '/': 'hub' } }] });
  refusesAndAccepts([
    ['leads to a service', paths({ '/': 'wbe' }), 'routes[0].paths["/"]: unknown service "wbe"', paths({ '/': 'web' })],
    ['leads to a port', paths({ '/': 'worker' }), 'routes[0].paths["/"]: the service "worker" has no port', paths({})],
    [
      'has prefixes that every controller takes',
      paths({ '/a//b': 'web' }),
      'routes[0].paths["/a//b"]: expected a path without empty and dot segments',
      paths({ '/a/b': 'web' }),
    ],
    [
      'leads from a host and path to one service',
      { routes: [...paths({ '/a': 'web' }).routes, ...paths({ '/a/': 'media' }).routes] },
      'routes[1].paths["/a/"]: "{id}.{apex}/a" is routed already',
      { routes: [...paths({ '/a': 'web' }).routes, ...paths({ '/ab': 'media' }).routes] },
    ],
    [
      'has a host for each tenant',
      hosts('www.{apex}'),
      '"www.{apex}" is the same host for every tenant',
      hosts('{id}.{apex}'),
    ],
    ['has hosts', hosts('{id}_x.{apex}'), 'routes[0].hosts[0]: expected a host name', hosts('{id}-x.{apex}')],
    ['has known placeholders', hosts('{idd}.{apex}'), 'unknown placeholder {idd}', hosts('{id}.eu.{apex}')],
    [
      'has one placeholder of many values',
      hosts('{domain}.{settings.sites.domain}'),
      'routes[0].hosts[0]: "domain" or "settings.sites.domain" in one host',
      hosts('x.{domain}', '{settings.sites.domain}'),
    ],
    [
      'follows settings that exist',
      hosts('{settings.sites.domian}'),
      'routes[0].hosts[0]: unknown setting "sites.domian"',
      hosts('{settings.sites.domain}'),
    ],
    [
      'that is shared has no tenant',
      shared('{id}.{apex}'),
      'shared.routes[0].hosts[0]: unknown placeholder {id}',
      shared('a-{region}.{apex}'),
    ],
    [
      'that is shared has hosts',
      shared('a b.{apex}'),
      'shared.routes[0].hosts[0]: expected a host name',
      shared('a-b.{cluster}.{apex}'),
    ],
  ]);
});

describe('a template', () => {
  refusesAndAccepts([
    ['of namespaces has the id', { 'names.namespace': 'x' }, '"x" lacks {id}', { 'names.namespace': 'x-{id}' }],
    [
      'of namespaces makes one',
      { 'names.namespace': 'X_{id}' },
      '"X_x1" can be no namespace',
      { 'names.namespace': '{id}' },
    ],
    [
      'of namespaces is known',
      { 'names.namespace': '{id}{x}' },
      'unknown placeholder {x}',
      { 'names.namespace': '{id}' },
    ],
    ['of secrets has the id', { 'names.secretPath': '{name}' }, 'lacks {id}', { 'names.secretPath': '/a/{id}/{name}' }],
    ['of secrets has the name', { 'names.secretPath': '{id}' }, 'lacks {name}', { 'names.secretPath': '{id}/{name}' }],
    [
      'of secrets makes a path',
      { 'names.secretPath': '../{id}/{name}' },
      'can be no path',
      { 'names.secretPath': '{id}-{name}' },
    ],
    [
      'of groups is known',
      { 'roles.viewer.groups': ['{tenant}'] },
      'roles.viewer.groups[0]: unknown placeholder {tenant}',
      { 'roles.viewer.groups': ['{id}:{namespace}:{product}:{role}'] },
    ],
    [
      'of groups is none of Kubernetes',
      { 'roles.viewer.groups': ['system:authenticated'] },
      '"system:authenticated" is a group of Kubernetes\' own',
      { 'roles.viewer.groups': ['operators'] },
    ],
  ]);
});
