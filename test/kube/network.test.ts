import { labels } from '../../lib/kube/metadata';
import { Network, SharedNetwork } from '../../lib/kube/network';
import { METADATA } from '../../lib/model/networks';
import type { Offer } from '../../lib/model/offer';
import type { Cluster } from '../../lib/model/platform';
import type { ResolvedService, Space, Tenant } from '../../lib/model/resolved';
import { backup, cache, cluster, database, job, manifests, only, service, tenant, web } from './fixture';
import { type Pod, type Policy, policiesOf, reaches, type Side } from './reachability';

const render = (space: Space) => manifests((chart) => new Network(chart, 'network', { space }));
const policies = (...spaces: Space[]) => spaces.flatMap((space) => policiesOf(render(space)));

/** A pod of a workload with the labels that its template gives it. */
const pod = (space: Space, component: string): Pod => ({
  namespace: space.namespace,
  labels: labels(space, component),
});

const router: Pod = { namespace: 'gateway', labels: { 'app.kubernetes.io/name': 'envoy' } };
const prometheus: Pod = { namespace: 'monitoring', labels: { 'app.kubernetes.io/name': 'prometheus' } };
const dns: Pod = { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } };
const redis: Pod = { namespace: 'redis', labels: { 'app.kubernetes.io/name': 'redis' } };
const stranger = (namespace: string): Pod => ({ namespace, labels: { app: 'stranger' } });
const solverLabels = { 'acme.cert-manager.io/http01-solver': 'true' };

const acme = tenant({ cluster: { ...cluster, dns: { ...cluster.dns, nodeLocal: '169.254.20.10' } } });
const other = tenant({ id: 'other', namespace: 'nekotab-other' });
const components = ['web', 'worker', 'migrate', 'backup', 'nobody-knows'];

/** Ports of all sorts: those in use, those of node agents, and some. */
const PORTS = [22, 53, 80, 443, 3306, 5432, 6379, 8000, 8089, 9100, 10250, 65535];

describe('between tenants', () => {
  const all = policies(acme, other);

  test.each(components)('%s reaches no pod of another tenant, on no port', (from) => {
    for (const to of components) {
      const open = PORTS.filter(
        (port) =>
          reaches(all, pod(acme, from), pod(other, to), port) || reaches(all, pod(other, from), pod(acme, to), port),
      );
      expect(open).toEqual([]);
    }
  });
});

describe('requests', () => {
  const all = policies(acme);

  test('come from the routing pods to the port of the route, and to no other', () => {
    const open = PORTS.filter((port) => reaches(all, router, pod(acme, 'web'), port));
    expect(open).toEqual([8000]);
  });

  test.each(['worker', 'migrate', 'backup', 'nobody-knows'])(
    'do not come to %s, which no route leads to',
    (component) => {
      expect(PORTS.filter((port) => reaches(all, router, pod(acme, component), port))).toEqual([]);
    },
  );

  test('come neither from other pods in that namespace nor from pods elsewhere that call themselves the same', () => {
    expect(reaches(all, stranger('gateway'), pod(acme, 'web'), 8000)).toBe(false);
    expect(reaches(all, { ...router, namespace: 'nekotab-other' }, pod(acme, 'web'), 8000)).toBe(false);
    expect(reaches(all, { ip: '203.0.113.9' }, pod(acme, 'web'), 8000)).toBe(false);
  });
});

describe('scraping', () => {
  test('reaches metrics, and no other port', () => {
    const all = policies(acme);
    expect(PORTS.filter((port) => reaches(all, prometheus, pod(acme, 'web'), port))).toEqual([9100]);
    expect(PORTS.filter((port) => reaches(all, prometheus, pod(acme, 'worker'), port))).toEqual([]);
    expect(reaches(all, stranger('monitoring'), pod(acme, 'web'), 9100)).toBe(false);
  });

  test('is closed where nobody scrapes', () => {
    const all = policies(tenant({ cluster: { ...cluster, monitoring: null } }));
    expect(reaches(all, prometheus, pod(acme, 'web'), 9100)).toBe(false);
  });
});

describe('name resolution', () => {
  const all = policies(acme);

  test.each(components)('works for %s, over UDP and TCP, in the cluster and on the node', (component) => {
    for (const protocol of ['UDP', 'TCP']) {
      expect(reaches(all, pod(acme, component), dns, 53, protocol)).toBe(true);
      expect(reaches(all, pod(acme, component), { ip: '169.254.20.10' }, 53, protocol)).toBe(true);
    }
  });

  test('opens nothing but port 53 of the pods that resolve', () => {
    expect(reaches(all, pod(acme, 'web'), dns, 443)).toBe(false);
    expect(reaches(all, pod(acme, 'web'), stranger('kube-system'), 53, 'UDP')).toBe(false);
    expect(reaches(all, pod(acme, 'web'), { ip: '169.254.20.10' }, 80)).toBe(false);
    expect(reaches(policies(other), pod(other, 'web'), { ip: '169.254.20.10' }, 53, 'UDP')).toBe(false);
  });
});

describe('backing services', () => {
  const all = policies(acme);
  const postgres: Side = { ip: '192.0.2.10' };

  test.each(['web', 'worker', 'migrate'])('are reached by %s, which uses them, on their ports', (component) => {
    expect(PORTS.filter((port) => reaches(all, pod(acme, component), postgres, port))).toEqual([5432]);
    expect(PORTS.filter((port) => reaches(all, pod(acme, component), redis, port))).toEqual([6379]);
    expect(reaches(all, pod(acme, component), { ip: '192.0.2.11' }, 5432)).toBe(false);
    expect(reaches(all, pod(acme, component), stranger('redis'), 6379)).toBe(false);
  });

  test('are not reached by a service that uses none', () => {
    const idle = policies(tenant({ services: [web(), service({ uses: [] })] }));
    expect(reaches(idle, pod(acme, 'worker'), postgres, 5432)).toBe(false);
    expect(reaches(idle, pod(acme, 'web'), postgres, 5432)).toBe(true);
  });
});

describe('backups', () => {
  const all = policies(acme);

  test('reach what they dump and where they keep it, and no more', () => {
    expect(PORTS.filter((port) => reaches(all, pod(acme, 'backup'), { ip: '192.0.2.10' }, port))).toEqual([5432]);
    expect(PORTS.filter((port) => reaches(all, pod(acme, 'backup'), { ip: '198.51.100.7' }, port))).toEqual([443]);
    expect(reaches(all, pod(acme, 'backup'), redis, 6379)).toBe(false);
    expect(reaches(all, pod(acme, 'web'), { ip: '198.51.100.7' }, 443)).toBe(false);
  });

  test('reach a store inside the cluster by its pods', () => {
    const store = { ...backup().store, peer: { namespace: 'minio', podLabels: { app: 'minio' } }, port: 9000 };
    const inside = policies(tenant({ backup: backup({ store }) }));
    expect(reaches(inside, pod(acme, 'backup'), { namespace: 'minio', labels: { app: 'minio' } }, 9000)).toBe(true);
    expect(reaches(inside, pod(acme, 'backup'), stranger('minio'), 9000)).toBe(false);
  });

  test('have no opening where nothing is kept', () => {
    expect(policies(tenant({ backup: null })).map(({ name }) => name)).not.toContain('backup');
  });
});

describe('calls inside a namespace', () => {
  const backend = service({ name: 'backend', port: 7000, ports: { http: 7000, grpc: 7001, metrics: 9100 }, uses: [] });
  const caller = service({ name: 'front', uses: [], calls: ['backend'] });
  const space = tenant({ services: [backend, caller, service()], jobs: [job({ service: caller })] });
  const all = policies(space);

  test.each(['front', 'migrate'])('%s reaches the ports of what it calls, those for metrics aside', (component) => {
    const open = [7000, 7001, 9100, 80].filter((p) => reaches(all, pod(space, component), pod(space, 'backend'), p));
    expect(open).toEqual([7000, 7001]);
  });

  test('nobody else does, and nothing goes back', () => {
    expect(reaches(all, pod(space, 'worker'), pod(space, 'backend'), 7000)).toBe(false);
    expect(reaches(all, pod(space, 'backend'), pod(space, 'front'), 7000)).toBe(false);
  });

  test('a service that listens on nothing is not opened by whoever calls it', () => {
    const silent = tenant({ services: [service(), service({ name: 'front', uses: [], calls: ['worker'] })] });
    expect(PORTS.filter((p) => reaches(policies(silent), pod(silent, 'front'), pod(silent, 'worker'), p))).toEqual([]);
  });
});

describe('the world outside', () => {
  const egress = (to: string, ports = [443]): ResolvedService['egress'] => [{ to, ports, reason: 'a test' }];
  const from = pod(acme, 'web');
  const withEgress = (to: string, overrides: Partial<Cluster> = {}) =>
    policies(tenant({ cluster: { ...cluster, ...overrides }, services: [web({ uses: [], egress: egress(to) })] }));
  const reached = (all: readonly Policy[], ips: readonly string[]) =>
    ips.filter((ip) => reaches(all, from, { ip }, 443));

  const inside = ['10.1.2.3', '172.16.0.1', '192.168.1.1', '100.64.0.1', '127.0.0.1', 'fd00::1', 'fe80::1', '::1'];
  const metadata = ['169.254.169.254', '169.254.170.2', 'fd00:ec2::254', '168.63.129.16', '100.100.100.200'];

  test('is closed unless a service declares it', () => {
    expect(reached(policies(acme), ['8.8.8.8', '2001:4860:4860::8888', ...inside, ...metadata])).toEqual([]);
  });

  test('is the internet without anything private, metadata, pods or services, also where those have public addresses', () => {
    const all = withEgress('internet', { podCidrs: ['44.0.0.0/16', '2600:1f00::/56'], serviceCidrs: ['45.0.0.0/16'] });
    expect(reached(all, ['8.8.8.8', '2001:4860:4860::8888'])).toEqual(['8.8.8.8', '2001:4860:4860::8888']);
    expect(reached(all, [...inside, ...metadata, '44.0.1.2', '45.0.1.2', '2600:1f00::7'])).toEqual([]);
    expect(reaches(all, from, { ip: '8.8.8.8' }, 80)).toBe(false);
  });

  test('is a range without what must stay closed inside it', () => {
    const all = withEgress('10.0.0.0/8');
    expect(reached(all, ['10.1.2.3', '10.244.0.7', '10.97.1.1', '8.8.8.8'])).toEqual(['10.1.2.3']);
    expect(reached(withEgress('0.0.0.0/0'), ['10.1.2.3', '8.8.8.8', ...metadata])).toEqual(['10.1.2.3', '8.8.8.8']);
  });

  test.each(['169.254.169.254/32', '169.254.0.0/16', 'fd00:ec2::254/128', '10.244.3.0/24', '10.96.0.0/12'])(
    'is never %s, as no exception could close it',
    (to) => {
      expect(() => withEgress(to)).toThrow('which no egress opens');
    },
  );

  test('is open for the jobs of a service as well', () => {
    const space = tenant({ jobs: [job({ service: web({ egress: egress('203.0.113.0/24') }) })] });
    expect(reaches(policies(space), pod(space, 'migrate'), { ip: '203.0.113.9' }, 443)).toBe(true);
  });

  test('holds no metadata for a server of the platform either', () => {
    const peers: Offer['peers'] = [{ kind: 'cidr', cidr: '169.254.169.254/32', port: 80 }];
    expect(() => policies(tenant({ offers: [database({ peers })] }))).toThrow('which nothing may reach');
    const all = policies(tenant({ offers: [database({ peers: [{ kind: 'cidr', cidr: '0.0.0.0/0', port: 80 }] })] }));
    expect(metadata.filter((ip) => reaches(all, from, { ip }, 80))).toEqual([]);
    expect(reaches(all, from, { ip: '192.0.2.10' }, 80)).toBe(true);
  });
});

describe('own servers', () => {
  const podLabels = { 'cnpg.io/cluster': 'database' };
  const own: Offer['own'] = {
    ...{ name: 'database', image: 'postgres:17', instances: 2, cpu: 1, memoryMiB: 1024, storageGiB: 10, port: 5432 },
    podLabels,
  };
  const peers: Offer['peers'] = [{ kind: 'pods', namespace: 'nekotab-acme', podLabels, port: 5432 }];
  const offer = database({ provision: 'own', own, peers });
  const item = { kind: 'dump', name: 'database', dump: database().dump as never, peers } as const;
  const apiServer = { cidrs: ['192.0.2.1/32'], port: 6443 };
  const space = tenant({
    cluster: { ...cluster, apiServer } as Cluster,
    services: [web(), service({ uses: ['cache'] })],
    offers: [offer, cache()],
    backup: backup({ items: [item] }),
  });
  const all = policies(space);
  const server: Pod = { namespace: 'nekotab-acme', labels: { ...podLabels, 'cnpg.io/podRole': 'instance' } };
  const operator: Pod = { namespace: 'cnpg-system', labels: { 'app.kubernetes.io/name': 'cloudnative-pg' } };

  test.each(['web', 'migrate', 'backup'])('hear %s, which uses them, on their port', (component) => {
    expect([5432, 8000].filter((port) => reaches(all, pod(space, component), server, port))).toEqual([5432]);
  });

  test('hear nobody else of the namespace, and nobody from outside', () => {
    for (const from of [pod(space, 'worker'), router, prometheus, pod(other, 'web'), stranger('cnpg-system')]) {
      expect(PORTS.filter((port) => reaches(all, from, server, port))).toEqual([]);
    }
  });

  test('hear their replicas and their operator, and reach the API server', () => {
    expect([5432, 8000].filter((port) => reaches(all, server, server, port))).toEqual([5432, 8000]);
    expect([5432, 8000].filter((port) => reaches(all, operator, server, port))).toEqual([5432, 8000]);
    expect(reaches(all, server, { ip: '192.0.2.1' }, 6443)).toBe(true);
    expect(reaches(all, pod(space, 'web'), { ip: '192.0.2.1' }, 6443)).toBe(false);
  });

  test('of a plain kind know no operator', () => {
    const labelled = { 'app.kubernetes.io/instance': 'acme', 'app.kubernetes.io/name': 'database' };
    const plain = tenant({
      offers: [
        database({ own: { ...own, podLabels: labelled }, peers: [{ ...peers[0], podLabels: labelled } as never] }),
      ],
    });
    const to: Pod = { namespace: 'nekotab-acme', labels: labelled };
    expect([5432, 8000].filter((port) => reaches(policies(plain), pod(plain, 'web'), to, port))).toEqual([5432]);
    expect(reaches(policies(plain), operator, to, 5432)).toBe(false);
    expect(reaches(policies(plain), to, { ip: '192.0.2.1' }, 6443)).toBe(false);
  });

  test('an identity reaches the API server, and others do not', () => {
    const acting = tenant({
      cluster: { ...cluster, apiServer } as Cluster,
      services: [web({ identity: 'unity-acme' }), service()],
    });
    expect(reaches(policies(acting), pod(acting, 'web'), { ip: '192.0.2.1' }, 6443)).toBe(true);
    expect(reaches(policies(acting), pod(acting, 'worker'), { ip: '192.0.2.1' }, 6443)).toBe(false);
  });
});

describe('challenges for certificates', () => {
  const solver: Pod = { namespace: 'nekotab-acme', labels: solverLabels };
  const platformOnly = acme.routes.map((route) => ({
    ...route,
    hosts: route.hosts.filter(({ kind }) => kind === 'platform'),
  }));

  test('reach the solver from the routing pods, where a custom host has one', () => {
    const all = policies(acme);
    expect(PORTS.filter((port) => reaches(all, router, solver, port))).toEqual([8089]);
    expect(reaches(all, stranger('gateway'), solver, 8089)).toBe(false);
  });

  test('have no opening without custom hosts, or by DNS', () => {
    const byDns = tenant({ cluster: { ...cluster, routing: { ...cluster.routing, challenge: 'dns01' } } });
    for (const space of [tenant({ routes: platformOnly }), byDns]) {
      expect(reaches(policies(space), router, solver, 8089)).toBe(false);
    }
  });
});

describe('shared services', () => {
  const api = service({ name: 'api', port: 9000, ports: { http: 9000 }, uses: [] });
  const shared: Space = {
    ...tenant({
      id: 'nekotab',
      namespace: 'nekotab-shared',
      services: [api],
      jobs: [],
      offers: [],
      routes: [],
      backup: null,
    }),
    kind: 'shared',
  };
  const calling = (id: string): Tenant =>
    tenant({
      id,
      namespace: `nekotab-${id}`,
      services: [web({ callsShared: ['api'] }), service()],
      shared: { namespace: 'nekotab-shared', ports: { api: 9000, admin: 9001 }, callers: {}, accounts: {} },
    });
  const registered = (of: Tenant) => manifests((chart) => new SharedNetwork(chart, 'shared', { tenant: of }));
  const one = calling('one');
  const two = calling('two');
  const all = [...policies(shared, one, two), ...policiesOf(registered(one))];

  test('hear the callers of a tenant that was let in, on their port', () => {
    expect([9000, 9001].filter((port) => reaches(all, pod(one, 'web'), pod(shared, 'api'), port))).toEqual([9000]);
  });

  test('hear neither its other services nor another tenant', () => {
    expect(reaches(all, pod(one, 'worker'), pod(shared, 'api'), 9000)).toBe(false);
    expect(reaches(all, pod(two, 'web'), pod(shared, 'api'), 9000)).toBe(false);
    expect(reaches(all, pod(shared, 'api'), pod(one, 'web'), 8000)).toBe(false);
  });

  test('are let in by a policy of the shared namespace that bears the name and the labels of the tenant', () => {
    const [policy] = registered(one);
    expect(policy).toMatchObject({
      metadata: { name: 'tenant.one.api', namespace: 'nekotab-shared', labels: one.labels },
      spec: { policyTypes: ['Ingress'], podSelector: { matchLabels: { 'app.kubernetes.io/name': 'api' } } },
    });
    expect(registered(acme)).toEqual([]);
  });

  test('that have no port cannot be called', () => {
    const wrong = tenant({ services: [web({ callsShared: ['queue'] })], shared: one.shared });
    expect(() => render(wrong)).toThrow('calls the shared service "queue", which has no port');
  });
});

describe('shared services that call tenants', () => {
  const portal = service({ name: 'portal', uses: [], callsTenants: ['web'] });
  const other = service({ name: 'other', uses: [] });
  const common = { jobs: [], offers: [], routes: [], backup: null };
  const shared: Space = {
    ...tenant({ id: 'nekotab', namespace: 'nekotab-shared', services: [portal, other], ...common }),
    kind: 'shared',
  };
  const called = (id: string): Tenant =>
    tenant({
      id,
      namespace: `nekotab-${id}`,
      shared: { namespace: 'nekotab-shared', ports: {}, callers: { web: ['portal'], gone: ['portal'] }, accounts: {} },
    });
  const registered = (of: Tenant) => manifests((chart) => new SharedNetwork(chart, 'shared', { tenant: of }));
  const [one, two] = [called('one'), called('two')];
  const all = [...policies(shared, one, two), ...policiesOf(registered(one))];

  test('reach those services of a tenant that is registered, and no port for metrics', () => {
    expect(PORTS.filter((port) => reaches(all, pod(shared, 'portal'), pod(one, 'web'), port))).toEqual([8000]);
  });

  test('reach nothing else: no other service, no other tenant, and not from another shared service', () => {
    for (const [from, to] of [
      [pod(shared, 'portal'), pod(one, 'worker')],
      [pod(shared, 'portal'), pod(two, 'web')],
      [pod(shared, 'other'), pod(one, 'web')],
      [pod(two, 'web'), pod(one, 'web')],
    ] as const) {
      expect(PORTS.filter((port) => reaches(all, from, to, port))).toEqual([]);
    }
  });

  test('are let out by a policy of the shared namespace, one for each caller', () => {
    expect(registered(one).map(({ metadata }) => [metadata.name, metadata.namespace])).toEqual([
      ['tenant.one.to.portal', 'nekotab-shared'],
    ]);
  });
});

describe('a shared namespace', () => {
  const postgresql = database({ peers: [{ kind: 'cidr', cidr: '192.0.2.10/32', port: 5432 }] });
  const own = database({
    name: 'rows',
    own: {
      ...{ name: 'rows', image: 'postgres:18', instances: 1, cpu: 0.5, memoryMiB: 512, storageGiB: 10, port: 5432 },
      podLabels: { 'app.kubernetes.io/name': 'rows' },
    },
    peers: [{ kind: 'pods', namespace: 'nekotab-shared', podLabels: { 'app.kubernetes.io/name': 'rows' }, port: 5432 }],
  });
  const common = { jobs: [], routes: [], backup: null, offers: [postgresql, own] };
  const shared = (overrides: Partial<Space> = {}): Space => ({
    ...tenant({ id: 'nekotab', namespace: 'nekotab-shared', services: [web({ uses: [] })], ...common }),
    kind: 'shared',
    ...overrides,
  });
  const rows: Pod = { namespace: 'nekotab-shared', labels: { 'app.kubernetes.io/name': 'rows' } };
  // As a tenant's Job makes them.
  const projection: Pod = { namespace: 'nekotab-shared', labels: labels(acme, 'projection') };

  test('lets pods that write tenants’ rows reach those databases, and nothing else reach them', () => {
    const all = policies(shared({ projects: [postgresql, own] }));
    expect(PORTS.filter((port) => reaches(all, projection, { ip: '192.0.2.10' }, port))).toEqual([5432]);
    expect(PORTS.filter((port) => reaches(all, projection, rows, port))).toEqual([5432]);
    expect(reaches(all, pod(shared(), 'web'), rows, 5432)).toBe(false);
    expect(PORTS.filter((port) => reaches(all, projection, pod(shared(), 'web'), port))).toEqual([]);
    expect(reaches(all, { ...projection, namespace: 'nekotab-acme' }, rows, 5432)).toBe(false);
  });

  test('lets nobody do so where no rows are written', () => {
    const all = policies(shared());
    expect(PORTS.filter((port) => reaches(all, projection, rows, port))).toEqual([]);
    expect(PORTS.filter((port) => reaches(all, projection, { ip: '192.0.2.10' }, port))).toEqual([]);
  });

  test('hears requests of tenants’ hosts on the main port of a service that their routes lead to', () => {
    const routed = policies(shared({ routedByTenants: ['web'] }));
    expect(PORTS.filter((port) => reaches(routed, router, pod(shared(), 'web'), port))).toEqual([8000]);
    expect(PORTS.filter((port) => reaches(policies(shared()), router, pod(shared(), 'web'), port))).toEqual([]);
  });

  test('hears challenges where tenants’ hosts are proven there', () => {
    const solver: Pod = { namespace: 'nekotab-shared', labels: solverLabels };
    expect(reaches(policies(shared({ solves: true })), router, solver, 8089)).toBe(true);
    expect(reaches(policies(shared()), router, solver, 8089)).toBe(false);
  });
});

describe('endpoints of the cluster', () => {
  const traces = { url: 'http://otel:4317', peer: { cidr: '10.0.0.7/32' }, port: 4317 };
  const collector = { namespace: 'otel', podLabels: { app: 'collector' } };
  const endpoints = { traces, logs: { url: 'http://logs:3100', peer: collector, port: 3100 } };
  const of = (names: readonly string[]) =>
    tenant({ cluster: { ...cluster, endpoints }, services: [service({ endpoints: names }), web()] });

  test('are reached by the services that name them, at their port', () => {
    const all = policies(of(['traces', 'logs']));
    expect(reaches(all, pod(acme, 'worker'), { ip: '10.0.0.7' }, 4317)).toBe(true);
    expect(reaches(all, pod(acme, 'worker'), { ip: '10.0.0.7' }, 443)).toBe(false);
    expect(reaches(all, pod(acme, 'worker'), { namespace: 'otel', labels: { app: 'collector' } }, 3100)).toBe(true);
    expect(reaches(all, pod(acme, 'web'), { ip: '10.0.0.7' }, 4317)).toBe(false);
  });

  test('that the cluster has not cannot be called', () => {
    expect(() => render(of(['metrics']))).toThrow('the cluster eu-1 has no endpoint "metrics"');
  });
});

describe('every policy', () => {
  const all = [...policies(acme, other), ...policies(tenant({ suspended: true }))];

  test('says which directions it is about and selects namespaces by their name and nothing else', () => {
    for (const { spec } of all) {
      expect(spec.policyTypes.length).toBeGreaterThan(0);
      for (const rule of [...(spec.ingress ?? []), ...(spec.egress ?? [])]) {
        expect(rule.ports?.length).toBeGreaterThan(0);
        expect([...(rule.from ?? []), ...(rule.to ?? [])]).toHaveLength(rule.to?.length ?? 1);
        for (const { namespaceSelector } of [...(rule.from ?? []), ...(rule.to ?? [])]) {
          if (namespaceSelector === undefined) continue;
          expect(Object.keys(namespaceSelector.matchLabels ?? {})).toEqual(['kubernetes.io/metadata.name']);
        }
      }
    }
  });

  test('is there before anything runs, in a suspended space as well', () => {
    const names = (space: Space) => render(space).map(({ metadata }) => metadata.name);
    expect(names(tenant({ suspended: true }))).toEqual(names(tenant()));
    expect(names(tenant())).toEqual(['default-deny', 'dns', 'web', 'worker', 'migrate', 'backup', 'acme-solver']);
    expect(only(render(acme), 'NetworkPolicy', 'default-deny')).toMatchObject({
      metadata: { annotations: { 'argocd.argoproj.io/sync-wave': '-3' } },
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    });
  });

  test('closes the metadata addresses to every pod', () => {
    const ips = METADATA.map((range) => range.slice(0, range.indexOf('/')));
    const closed = policies(acme);
    const open = components.flatMap((from) =>
      [...ips, '169.254.169.254'].filter((ip) => PORTS.some((p) => reaches(closed, pod(acme, from), { ip }, p))),
    );
    expect(open).toEqual([]);
  });

  test('has a name of its own: a service that is called like one of them is refused', () => {
    expect(() => render(tenant({ services: [service({ name: 'dns' })] }))).toThrow(
      "There is already a Construct with name 'dns'",
    );
  });
});
