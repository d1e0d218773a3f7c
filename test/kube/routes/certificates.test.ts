import { hostName } from '../../../lib/kube/routes/hosts';
import { only } from '../fixture';
import { customHosts, gateway, ingress, platformHosts, render, route, routed, traefik } from './routings';

test('a custom host has a certificate of its own, with a new key at every renewal', () => {
  const found = only(render(routed(traefik)), 'Certificate');
  expect(found).toMatchObject({
    apiVersion: 'cert-manager.io/v1',
    metadata: { name: 'tls.debates.acme.example', namespace: 'nekotab-acme' },
  });
  expect(found.spec).toEqual({
    secretName: 'tls.debates.acme.example',
    dnsNames: ['debates.acme.example'],
    issuerRef: { group: 'cert-manager.io', kind: 'ClusterIssuer', name: 'letsencrypt' },
    privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
  });
});

test.each([gateway('envoy-gateway'), traefik, ingress('ingress-nginx')])(
  'every routing has one for each: $kind',
  (routing) => {
    const hosts = [...platformHosts(2), ...customHosts(3)];
    const found = render(routed(routing, { routes: [route({ hosts }), route({ name: 'api', hosts })] }));
    const certificates = found.filter(({ kind }) => kind === 'Certificate').map(({ metadata }) => metadata.name);
    expect(certificates).toEqual(['tls.www.site-0.example', 'tls.www.site-1.example', 'tls.www.site-2.example']);
  },
);

test('a suspended space keeps its certificates', () => {
  const certificates = (suspended: boolean) =>
    render(routed(traefik, { suspended })).filter(({ kind }) => kind === 'Certificate');
  expect(certificates(true)).toEqual(certificates(false));
});

test('names are those that an object can have, and a wildcard takes no other host’s', () => {
  const long = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(57)}.eu`;
  expect(long).toHaveLength(252);
  const names = ['a.example', '*.a.example', 'any.a.example', long].map((host) => hostName('tls', host));
  expect(names.slice(0, 3)).toEqual(['tls.a.example', 'tls-any.a.example', 'tls.any.a.example']);
  for (const name of names) {
    expect(name.length).toBeLessThanOrEqual(253);
    expect(name).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/);
  }
});
