import { tenantKinds } from '../../lib/kube/kinds';
import { tenantObjects } from '../../lib/kube/manifests';
import { cluster, database, stateful, tenant } from './fixture';
import { gateway, ingress, traefik } from './routes/routings';

const groupOf = (apiVersion: unknown) => (String(apiVersion).includes('/') ? String(apiVersion).split('/')[0] : '');

test.each([
  ['a Gateway', gateway('envoy-gateway')],
  ['Traefik', traefik],
  ['an Ingress', ingress('ingress-nginx')],
])('every kind that a tenant behind %s can have is admitted, suspended or not', (_, routing) => {
  const place = { ...cluster, routing };
  const admitted = new Set(tenantKinds(place).map(({ group, kind }) => `${group}/${kind}`));
  for (const suspended of [false, true]) {
    const given = tenant({
      cluster: place,
      suspended,
      services: [...tenant().services, stateful()],
      offers: [database()],
    });
    const kinds = new Set(tenantObjects(given).map(({ apiVersion, kind }) => `${groupOf(apiVersion)}/${kind}`));
    kinds.delete('/Namespace');
    expect([...kinds].filter((kind) => !admitted.has(kind))).toEqual([]);
  }
});

test('a kind that another cluster has is not admitted here', () => {
  const kinds = tenantKinds({ ...cluster, routing: traefik, monitoring: null, operators: [] }).map(({ kind }) => kind);
  expect(kinds).toContain('IngressRoute');
  for (const kind of ['HTTPRoute', 'Ingress', 'PodMonitor', 'Cluster', 'Secret']) expect(kinds).not.toContain(kind);
});
