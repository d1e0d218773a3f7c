import { Routes } from '../../../lib/kube/routes';
import { manifests } from '../fixture';
import { publishedProblems } from '../published';
import { gateway, ingress, render, route, routed, traefik } from './routings';

test('the cluster’s routing decides what routes are', () => {
  const kinds = (routing: Parameters<typeof routed>[0]) =>
    new Set(render(routed(routing, { rateLimit: null })).map(({ kind }) => kind));
  expect(kinds(gateway('envoy-gateway'))).toEqual(new Set(['HTTPRoute', 'ListenerSet', 'Certificate']));
  expect(kinds(traefik)).toEqual(new Set(['IngressRoute', 'Certificate']));
  expect(kinds(ingress('ingress-nginx'))).toEqual(new Set(['Ingress', 'Certificate']));
});

test('a space without routes has nothing, whatever its routing could not do', () => {
  expect(render(routed(gateway('cilium'), { routes: [] }))).toEqual([]);
});

test('what the controller cannot do is refused before anything is made', () => {
  expect(() => render(routed(gateway('traefik')))).toThrow('acme: custom domains need ListenerSets');
  expect(() => render(routed(gateway('traefik'), { routes: [route()] }))).not.toThrow();
});

test('each part is a member of the construct', () => {
  manifests((chart) => {
    const { routes, certificates } = new Routes(chart, 'a', { space: routed(traefik) });
    expect(routes?.node.id).toBe('traefik');
    expect(certificates?.certificates.map(({ name }) => name)).toEqual(['tls.debates.acme.example']);
    const none = new Routes(chart, 'b', { space: routed(traefik, { routes: [] }) });
    expect([none.routes, none.certificates]).toEqual([null, null]);
  });
});

test('all custom resources are what their projects publish, suspended or not, and a wrong one is refused', () => {
  const all = [gateway('envoy-gateway'), traefik]
    .flatMap((routing) => [render(routed(routing)), render(routed(routing, { suspended: true }))].flat())
    .concat(render(routed(gateway('traefik'), { routes: [route()] })));
  const wrong = { ...all[0], spec: { rules: [{ filters: [{ type: 'Answer' }] }] } };
  expect(new Set(all.map(({ kind }) => kind))).toEqual(
    new Set([
      ...['HTTPRoute', 'ListenerSet', 'BackendTrafficPolicy', 'HTTPRouteFilter', 'Certificate'],
      ...['IngressRoute', 'Middleware'],
    ]),
  );
  expect(publishedProblems([...all, wrong])).toEqual([...all.map(() => null), expect.any(String)]);
});
