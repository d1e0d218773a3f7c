import { productHaving, productProblems, shop } from './fixture';

const big = { requests: { cpu: 2, memoryMiB: 512 }, limits: { cpu: 1, memoryMiB: 256 } };

const fine = { requests: { cpu: 1, memoryMiB: 256 }, limits: { cpu: 1, memoryMiB: 256 } };

/** What of the product is replaced, the beginning of the problem, and a twin that is accepted. */
type Case = [string, Record<string, unknown>, string, Record<string, unknown>];

function refusesAndAccepts(cases: readonly Case[]): void {
  test.each(cases)('%s', (_, wrong, problem, right) => {
    expect(productProblems(productHaving(wrong))).toContainEqual(expect.stringContaining(problem));
    expect(productProblems(productHaving(right))).toEqual([]);
  });
}

test('the product of these tests has no problem', () => {
  expect(productProblems(shop)).toEqual([]);
});

describe('a service', () => {
  refusesAndAccepts([
    [
      'calls services that exist',
      { 'services.worker.calls': ['wbe'] },
      'services.worker.calls: unknown service "wbe" - ',
      { 'services.worker.calls': ['web'] },
    ],
    [
      'calls shared services that exist',
      { 'services.worker.callsShared': ['hbu'] },
      'services.worker.callsShared: unknown shared service "hbu"',
      { 'services.worker.callsShared': ['hub'] },
    ],
    [
      'calls what has a port',
      { 'services.web.calls': ['worker'] },
      'services.web: it calls "worker", which has no port - write port: ... in services.worker',
      { 'services.web.calls': ['media'] },
    ],
    [
      'calls shared services with a port',
      { 'shared.services.hub.port': null, 'shared.routes': [] },
      'services.web: it calls "hub", which has no port - write port: ... in shared.services.hub',
      { 'shared.routes': [] },
    ],
    [
      'uses what there is',
      { 'services.worker.uses': ['databse'] },
      'services.worker.uses: unknown backing service "databse" - did you mean "database"?',
      { 'services.worker.uses': ['database'] },
    ],
    [
      'has a feature that exists',
      { 'services.reports.feature': 'report' },
      'services.reports.feature: unknown feature "report" - did you mean "reports"?',
      { 'services.worker.feature': 'reports' },
    ],
    [
      'acts as an identity that exists',
      { 'services.worker.identity': 'operater' },
      'services.worker.identity: unknown identity "operater" - did you mean "operator"?',
      { 'services.worker.identity': 'operator' },
    ],
    [
      'with a volume runs once',
      { 'services.media.replicas': { min: 1, max: 2 } },
      'services.media.replicas.max: 2 replicas share a volume that one node mounts',
      { 'services.media.replicas': { min: 1, max: 1 } },
    ],
    [
      'has limits no lower than its requests',
      { 'services.web.resources': big },
      'services.web.resources.limits.cpu: 1 is below the request of 2 - write at least 2',
      { 'services.web.resources': fine },
    ],
    [
      'has room for scratch space that it asks for by default',
      { 'services.web.resources.limits.ephemeralMiB': 32 },
      'services.web.resources.limits.ephemeralMiB: 32 is below the request of 64',
      { 'services.web.resources.limits.ephemeralMiB': 64 },
    ],
    [
      'names the databases of a volume that it copies as such',
      { 'services.media.volumes.files.backup': 'sqlite' },
      'services.media.volumes.files: expected databases exactly where backup is "sqlite"',
      { 'services.media.volumes.files.backup': 'sqlite', 'services.media.volumes.files.databases': ['data/app.db'] },
    ],
    [
      'copies database files as such',
      { 'services.media.volumes.files.databases': ['app.db'] },
      'services.media.volumes.files: expected databases exactly where backup is "sqlite"',
      { 'services.media.volumes.files.databases': [] },
    ],
    [
      'keeps database files inside the volume',
      { 'services.media.volumes.files.databases': ['../app.db'], 'services.media.volumes.files.backup': 'sqlite' },
      'services.media.volumes.files.databases[0]: expected a file of the volume',
      { 'services.media.volumes.files.databases': ['a..b.db'], 'services.media.volumes.files.backup': 'sqlite' },
    ],
    [
      'has one port a number',
      { 'services.web.ports': { admin: 8080 } },
      'services.web.ports.admin: 8080 is that of port - remove one of them',
      { 'services.web.ports': { admin: 8081 } },
    ],
    [
      'has one main port',
      { 'services.web.ports': { http: 8081 } },
      'services.web.ports.http: a port with the name of the main one',
      { 'services.worker.ports': { http: 8081 } },
    ],
    [
      'has one port for metrics',
      { 'services.web.ports': { metrics: 9200 } },
      'services.web.ports.metrics: 9200 is not the port of metrics, 9100',
      { 'services.web.ports': { metrics: 9100 } },
    ],
    [
      'names ports as IANA does',
      { 'services.web.ports': { 'a--b': 9300 } },
      'services.web.ports.a--b: two hyphens in a row',
      { 'services.web.ports': { 'a-b': 9300 } },
    ],
    [
      'is probed where it answers',
      { 'services.worker.probes.liveness': { http: '/alive' } },
      'services.worker.probes.liveness: the service has no port to ask',
      { 'services.worker.probes.liveness': { http: '/alive', port: 8081 } },
    ],
    [
      'has no name that every tenant has',
      { 'services.dns': { image: 'a/b:1', resources: fine } },
      'services.dns: a name that every tenant has already',
      { 'services.dns-cache': { image: 'a/b:1', resources: fine } },
    ],
    [
      'has no name that every object has',
      { 'services.constructor': { image: 'a/b:1', resources: fine } },
      'services.constructor: expected a name that not every object has already',
      { 'services.constructors': { image: 'a/b:1', resources: fine } },
    ],
    [
      'has claims of its own',
      {
        'services.web.volumes': { 'b-c': { path: '/x', sizeGiB: 1 } },
        'services.web.replicas': { min: 1, max: 1 },
        'services.web-b': { image: 'a/b:1', resources: fine, volumes: { c: { path: '/x', sizeGiB: 1 } } },
        'plans.large.services': {},
      },
      'its claim "web-b-c" is that of services.web.volumes.b-c - rename one of them',
      {
        'services.web.volumes': { 'b-c': { path: '/x', sizeGiB: 1 } },
        'services.web.replicas': { min: 1, max: 1 },
        'services.web-b': { image: 'a/b:1', resources: fine, volumes: { d: { path: '/x', sizeGiB: 1 } } },
        'plans.large.services': {},
      },
    ],
  ]);
});

describe('what is mounted in a service', () => {
  const files = (...paths: string[]) => ({ 'services.worker.files': Object.fromEntries(paths.map((p) => [p, 'x'])) });
  refusesAndAccepts([
    [
      'has a path of its own: a file and a scratch folder',
      { ...files('/run/app'), 'services.worker.scratch': ['/run/app'] },
      'services.worker: two things are mounted at "/run/app" - give each its own path',
      { ...files('/run/app/x'), 'services.worker.scratch': ['/run/app'] },
    ],
    [
      'has a path of its own: a volume and a scratch folder',
      { 'services.media.scratch': ['/srv/media'] },
      'services.media: two things are mounted at "/srv/media"',
      { 'services.media.scratch': ['/srv/media/cache'] },
    ],
    [
      'has a path of its own: two scratch folders',
      { 'services.media.scratch': ['/tmp', '/tmp'] },
      'services.media: two things are mounted at "/tmp"',
      { 'services.media.scratch': ['/tmp', '/tmp2'] },
    ],
    [
      'does not lie in a file',
      { ...files('/etc/app', '/etc/app/more') },
      'services.worker: "/etc/app/more" lies in "/etc/app", which is a file',
      { ...files('/etc/app', '/etc/app.d/more') },
    ],
    ...['/', '/a/', '//a', '/a/../b', '/a/./b', 'a', '/a:b'].map(
      (path): Case => [
        `has a path in its one spelling, and not ${path}`,
        { 'services.worker.scratch': [path] },
        'services.worker.scratch[0]: expected an absolute path such as /srv/data',
        { 'services.worker.scratch': ['/a', '/a..b/.c'] },
      ],
    ),
  ]);
});
