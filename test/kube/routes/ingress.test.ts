import { only } from '../fixture';
import { ingress, render, route, routed } from './routings';

const annotationsOf = (
  controller: 'ingress-nginx' | 'f5-nginx' | 'other',
  per: 'second' | 'minute' | 'hour' | null,
) => {
  const rateLimit = per === null ? null : { requests: 600, per };
  const found = render(routed(ingress(controller), { routes: [route()], rateLimit }));
  const { 'argocd.argoproj.io/sync-wave': _, ...rest } = only(found, 'Ingress').metadata.annotations ?? {};
  return rest;
};

const target = { 'external-dns.alpha.kubernetes.io/target': '203.0.113.10,203.0.113.11' };

test('a route is an Ingress of the class, where custom hosts have certificates of their own', () => {
  const paths = [
    { path: '/api', service: 'api', port: 7000 },
    { path: '/', service: 'web', port: 8000 },
  ];
  const hosts = [
    { host: 'acme.nekotab.app', kind: 'platform' },
    { host: 'debates.acme.example', kind: 'custom' },
  ] as const;
  const http = {
    paths: [
      { path: '/api', pathType: 'Prefix', backend: { service: { name: 'api', port: { number: 7000 } } } },
      { path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 8000 } } } },
    ],
  };
  const found = render(routed(ingress('ingress-nginx'), { routes: [route({ hosts, paths })] }));
  expect(found.map(({ kind }) => kind)).toEqual(['Ingress', 'Certificate']);
  expect(only(found, 'Ingress').spec).toEqual({
    ingressClassName: 'public-class',
    tls: [{ hosts: ['acme.nekotab.app'] }, { hosts: ['debates.acme.example'], secretName: 'tls.debates.acme.example' }],
    rules: [
      { host: 'acme.nekotab.app', http },
      { host: 'debates.acme.example', http },
    ],
  });
});

test('ingress-nginx counts by the second and by the minute', () => {
  const burst = { 'nginx.ingress.kubernetes.io/limit-burst-multiplier': '1' };
  const annotations = (per: 'second' | 'minute' | 'hour' | null) => annotationsOf('ingress-nginx', per);
  expect(annotations('second')).toEqual({ ...target, ...burst, 'nginx.ingress.kubernetes.io/limit-rps': '600' });
  expect(annotations('minute')).toEqual({ ...target, ...burst, 'nginx.ingress.kubernetes.io/limit-rpm': '600' });
  expect(annotations('hour')).toEqual({ ...target, ...burst, 'nginx.ingress.kubernetes.io/limit-rpm': '10' });
  expect(annotations(null)).toEqual(target);
});

test('f5-nginx counts by the second and by the minute', () => {
  expect(annotationsOf('f5-nginx', 'hour')).toEqual({
    ...target,
    'nginx.org/limit-req-rate': '10r/m',
    'nginx.org/limit-req-burst': '10',
    'nginx.org/limit-req-no-delay': 'true',
    'nginx.org/limit-req-reject-code': '429',
  });
  expect(annotationsOf('f5-nginx', 'second')).toMatchObject({ 'nginx.org/limit-req-rate': '600r/s' });
  expect(annotationsOf('f5-nginx', null)).toEqual(target);
});

test('a limit that no unit of nginx’ can say is refused', () => {
  const rateLimit = { requests: 100, per: 'hour' as const };
  expect(() => render(routed(ingress('ingress-nginx'), { routes: [route()], rateLimit }))).toThrow(
    'no whole number a minute',
  );
});

test('an unknown controller serves tenants without a limit', () => {
  expect(annotationsOf('other', null)).toEqual(target);
  expect(() => annotationsOf('other', 'second')).toThrow('the class public-class');
});

test('a suspended space keeps its routes without the limit, and is refused where they would answer 502', () => {
  const rateLimit = { requests: 600, per: 'second' as const };
  const of = (controller: 'ingress-nginx' | 'f5-nginx') =>
    render(routed(ingress(controller), { routes: [route()], rateLimit, suspended: true }));
  const active = render(routed(ingress('ingress-nginx'), { routes: [route()], rateLimit: null }));
  expect(of('ingress-nginx')).toEqual(active);
  expect(() => of('f5-nginx')).toThrow('must answer 503');
});
