import fc from 'fast-check';
import type { Routing } from '../../lib/model/platform';
import { nginxRate, pathPrefixProblem, type RoutingNeeds, routingProblem } from '../../lib/model/routing';

const common = {
  peers: [{ namespace: 'gateway', podLabels: {} }],
  issuer: 'letsencrypt',
  challenge: 'http01' as const,
  solver: { cpu: 0.01, memoryMiB: 64 },
  addresses: ['203.0.113.10'],
};

type GatewayController = Extract<Routing, { kind: 'gateway' }>['controller'];
type IngressController = Extract<Routing, { kind: 'ingress' }>['controller'];

const gateway = (controller: GatewayController): Routing => ({
  ...common,
  kind: 'gateway',
  controller,
  className: 'public-class',
  gateway: { name: 'public', namespace: 'gateway' },
});
const traefik: Routing = { ...common, kind: 'traefik', entryPoint: 'websecure', namespace: 'traefik' };
const ingress = (controller: IngressController, challenge: Routing['challenge'] = 'http01'): Routing => ({
  ...common,
  ...{ kind: 'ingress', controller, challenge, className: 'public-class', namespace: 'ingress' },
});

const every: readonly Routing[] = [
  ...(['envoy-gateway', 'traefik', 'cilium', 'istio', 'nginx-gateway-fabric', 'other'] as const).map(gateway),
  traefik,
  ...(['ingress-nginx', 'f5-nginx', 'other'] as const).map((controller) => ingress(controller)),
];

const needs = (some: Partial<RoutingNeeds> = {}): RoutingNeeds => ({
  rateLimit: null,
  suspended: false,
  customDomains: false,
  ...some,
});

test.each(every)('a tenant without wishes is fine anywhere: $kind $controller', (routing) => {
  expect(routingProblem(routing, needs())).toBeNull();
});

describe('rate limits', () => {
  const limited = (per: 'second' | 'minute' | 'hour', requests = 100) => needs({ rateLimit: { requests, per } });

  test.each([gateway('envoy-gateway'), gateway('traefik'), traefik])('of any unit: $kind $controller', (routing) => {
    for (const per of ['second', 'minute', 'hour'] as const) expect(routingProblem(routing, limited(per))).toBeNull();
  });

  test.each([...(['cilium', 'istio', 'nginx-gateway-fabric', 'other'] as const).map(gateway), ingress('other')])(
    'are refused where no means is known: $kind $controller',
    (routing) => {
      expect(routingProblem(routing, limited('second'))).toMatch(/rate limit, and .+ has no means for one/);
    },
  );

  test('name the class of a controller that has no name here', () => {
    expect(routingProblem(gateway('other'), limited('second'))).toContain('the class public-class');
  });

  test.each([ingress('ingress-nginx'), ingress('f5-nginx')])(
    'by the hour need a whole number a minute: $controller',
    (routing) => {
      expect(routingProblem(routing, limited('second'))).toBeNull();
      expect(routingProblem(routing, limited('minute'))).toBeNull();
      expect(routingProblem(routing, limited('hour', 3600))).toBeNull();
      expect(routingProblem(routing, limited('hour', 100))).toContain('60 or 120 are');
      expect(routingProblem(routing, limited('hour', 30))).toContain('(60 are)');
    },
  );

  test('do not matter to a suspended tenant', () => {
    expect(routingProblem(gateway('cilium'), { ...limited('second'), suspended: true })).toBeNull();
  });

  test('in nginx’ units are the same rate', () => {
    const perHour = { second: 3600, minute: 60, hour: 1 };
    const limits = fc.record({
      requests: fc.integer({ min: 1, max: 1_000_000 }),
      per: fc.constantFrom('second' as const, 'minute' as const, 'hour' as const),
    });
    fc.assert(
      fc.property(limits, (limit) => {
        const rate = nginxRate(limit);
        if (rate === null) expect(limit.requests % 60).not.toBe(0);
        else expect(rate.requests * perHour[rate.per]).toBe(limit.requests * perHour[limit.per]);
      }),
    );
  });
});

describe('suspension', () => {
  test.each(every.filter((routing) => !('controller' in routing) || routing.controller !== 'f5-nginx'))(
    'answers 503: $kind $controller',
    (routing) => {
      expect(routingProblem(routing, needs({ suspended: true }))).toBeNull();
    },
  );

  test('is refused where the answer would be 502', () => {
    expect(routingProblem(ingress('f5-nginx'), needs({ suspended: true }))).toContain('must answer 503');
  });
});

describe('custom domains', () => {
  const wanted = needs({ customDomains: true });

  test.each([gateway('envoy-gateway'), gateway('cilium'), gateway('other'), traefik, ingress('ingress-nginx')])(
    'are possible: $kind $controller',
    (routing) => {
      expect(routingProblem(routing, wanted)).toBeNull();
    },
  );

  test('are refused for Traefik behind the Gateway API, which has no ListenerSets', () => {
    expect(routingProblem(gateway('traefik'), wanted)).toContain('ListenerSets');
  });

  test('are refused for f5-nginx with a challenge over HTTP, and possible with one by DNS', () => {
    expect(routingProblem(ingress('f5-nginx'), wanted)).toContain('one Ingress a host');
    expect(routingProblem(ingress('f5-nginx', 'dns01'), wanted)).toBeNull();
  });
});

describe('path prefixes', () => {
  test.each(['/', '/api', '/api/', '/a/b.c', '/%7Ename', '/.well-known', "/a-b_c~d!$&'()*+,;=:@"])(
    '%s is one',
    (path) => {
      expect(pathPrefixProblem(path)).toBeNull();
    },
  );

  test.each([
    ['api', 'such as /api'],
    ['/a b', 'characters that a URL may have'],
    ['/a"b', 'characters that a URL may have'],
    ['/a`b', 'characters that a URL may have'],
    ['/{id}', 'characters that a URL may have'],
    ['/a?b', 'characters that a URL may have'],
    ['/a#b', 'characters that a URL may have'],
    ['/%zz', 'characters that a URL may have'],
    ['/a%2Fb', 'encoded slash'],
    ['//', 'empty and dot segments'],
    ['/a//b', 'empty and dot segments'],
    ['/a/../b', 'empty and dot segments'],
    ['/a/..', 'empty and dot segments'],
    ['/./a', 'empty and dot segments'],
    [`/${'a'.repeat(1024)}`, 'at most 1024 characters'],
  ])('%s is none', (path, problem) => {
    expect(pathPrefixProblem(path)).toContain(problem);
  });
});
