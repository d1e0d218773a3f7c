import { mysql } from '../../lib/backing/mysql';
import { postgresql } from '../../lib/backing/postgresql';
import { rabbitmq } from '../../lib/backing/rabbitmq';
import { tenantKinds } from '../../lib/kube/kinds';
import { tenantObjects } from '../../lib/kube/manifests';
import type { Cluster } from '../../lib/model/platform';
import { offerContext } from '../model/offer-context';
import { cluster, database, stateful, tenant } from './fixture';
import { gateway, ingress, traefik } from './routes/routings';

const groupOf = (apiVersion: unknown) => (String(apiVersion).includes('/') ? String(apiVersion).split('/')[0] : '');

const QUEUES = {
  exchanges: [{ name: 'events', type: 'topic' }],
  queues: [{ name: 'orders', bindings: [{ exchange: 'events' }] }],
};

test.each([
  ['a Gateway', gateway('envoy-gateway')],
  ['Traefik', traefik],
  ['an Ingress', ingress('ingress-nginx')],
])('every kind that a tenant behind %s can have is admitted, suspended or not', (_, routing) => {
  const place: Cluster = {
    ...cluster,
    routing,
    operators: ['cloudnative-pg', 'mariadb-operator', 'rabbitmq-topology'],
  };
  const context = offerContext({ cluster: { ...place, apiServer: { cidrs: ['10.0.0.0/28'], port: 6443 } } });
  const admitted = new Set(tenantKinds(place).map(({ group, kind }) => `${group}/${kind}`));
  for (const suspended of [false, true]) {
    const given = tenant({
      cluster: place,
      suspended,
      services: [...tenant().services, stateful()],
      offers: [
        database(),
        postgresql({ name: 'own-pg' }).offer({ provision: 'own', extensions: ['pg_trgm'] }, context),
        mysql({ name: 'own-mysql' }).offer({ provision: 'own' }, context),
        rabbitmq({ name: 'events' }).offer(QUEUES, context),
      ],
    });
    const kinds = new Set(tenantObjects(given).map(({ apiVersion, kind }) => `${groupOf(apiVersion)}/${kind}`));
    kinds.delete('/Namespace');
    expect([...kinds].filter((kind) => !admitted.has(kind))).toEqual([]);
  }
});

test('a kind that another cluster has is not admitted here', () => {
  const kinds = tenantKinds({ ...cluster, routing: traefik, monitoring: null, operators: [] }).map(({ kind }) => kind);
  expect(kinds).toContain('IngressRoute');
  for (const kind of ['HTTPRoute', 'Ingress', 'PodMonitor', 'Cluster', 'Database', 'MariaDB', 'Vhost', 'Secret'])
    expect(kinds).not.toContain(kind);
});
