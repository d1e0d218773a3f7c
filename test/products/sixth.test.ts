import { z } from 'zod';
import { concat, defineProduct, generatedSecret, postgresql, setting, sharedUrl, tenant } from '../../lib';
import {
  at,
  filesOf,
  objectsOf,
  only,
  platformOf,
  registered,
  serviceOf,
  sharedOf,
  tenantOf,
  variable,
} from './support';

/**
 * A product unlike the five: sensors in the field. A tenant runs workers alone; devices and people come to services that all tenants
 * share, the measurements lie in a database that the customer has itself, and no plan limits anything.
 */

const measurements = postgresql({
  name: 'measurements',
  provision: 'external',
  external: { host: 'db.customer.example', cidr: '198.51.100.64/28', jurisdiction: 'eu' },
});
const deviceKey = generatedSecret({ name: 'device-key' });
const queueKey = generatedSecret({ name: 'queue-key' });
const resources = { requests: { cpu: 0.1, memoryMiB: 128 }, limits: { cpu: 0.5, memoryMiB: 256 } };

const sensors = defineProduct({
  name: 'sensors',
  displayName: 'Sensors',
  apex: 'sensors.example',
  names: { namespace: 'iot-{id}', secretPath: 'iot/{environment}/{id}/{name}' },
  backing: [measurements, deviceKey],
  settings: z.strictObject({ batchSeconds: z.int().min(10).default(60), topics: z.array(z.string()).min(1) }),
  services: {
    batch: {
      image: 'registry.example/sensors/batch:0.9.1',
      command: ['batch', '--every', setting('batchSeconds')],
      probes: { liveness: { command: ['batch', 'ping'] } },
      env: {
        DATABASE_URL: measurements.url,
        QUEUE_URL: sharedUrl('queue'),
        DEVICE_KEY: deviceKey.value,
        TOPICS: setting('topics'),
        CONSUMER: concat('batch-', tenant.id),
      },
      replicas: { min: 1, max: 5 },
      resources,
    },
  },
  routes: [
    { hosts: ['{id}.{apex}'], paths: { '/': { shared: 'portal' } } },
    { hosts: ['{id}-in.{apex}'], paths: { '/v1': { shared: 'queue' } }, health: '/v1/ready' },
  ],
  shared: {
    namespace: 'iot-hub',
    backing: [queueKey],
    services: {
      queue: {
        image: 'registry.example/sensors/queue:2.0.0',
        port: 4000,
        env: { KEY: queueKey.value },
        volumes: { log: { path: '/var/lib/queue', sizeGiB: 20, backup: 'none' } },
        resources,
      },
      portal: {
        image: 'registry.example/sensors/portal:2.0.0',
        port: 3000,
        env: { QUEUE_URL: sharedUrl('queue'), KEY: queueKey.value },
        replicas: { min: 2, max: 3 },
        resources,
      },
    },
    projection: { facts: { topics: setting('topics') }, secrets: { DEVICE_KEY: deviceKey.value } },
  },
  plans: { metered: {} },
});

const platform = platformOf(sensors);
const field = tenantOf(platform, {
  kind: 'tenantry.tenant',
  input: {
    id: 'wind-park',
    displayName: 'Wind Park',
    product: 'sensors',
    plan: 'metered',
    placement: 'eu-1',
    contact: 'ops@wind-park.example',
    createdOn: '2026-05-05',
    settings: { topics: ['wind', 'yaw'] },
  },
});
const objects = objectsOf(field);

test('a sixth product resolves and renders', () => {
  expect(filesOf(platform, field)).toEqual([
    'kubernetes/eu-1/wind-park/manifest.yaml',
    'kubernetes/eu-1/_platform/wind-park.yaml',
    'argocd/eu-1/wind-park.yaml',
    'terraform/stacks/wind-park/cdk.tf.json',
    'index/wind-park.json',
  ]);
});

test('its tenant is workers alone, which nobody calls', () => {
  expect(field.namespace).toBe('iot-wind-park');
  expect(field.services.map(({ name, port }) => [name, port])).toEqual([['batch', null]]);
  expect(objects.filter(({ kind }) => kind === 'Service' || kind === 'Certificate')).toEqual([]);
  expect(at(only(objects, 'HorizontalPodAutoscaler'), 'spec')).toMatchObject({ minReplicas: 1, maxReplicas: 5 });
});

test('its database is the customer’s, and so is the password', () => {
  const offer = field.offers.find(({ name }) => name === 'measurements');
  expect(offer).toMatchObject({ provision: 'external', own: null, secrets: [{ origin: 'external' }, {}] });
  expect(variable(serviceOf(field, 'batch'), 'DATABASE_URL')).toContain('@db.customer.example:5432/sensors_wind_park');
  expect(JSON.stringify(objects)).toContain('198.51.100.64/28');
});

test('its two hosts lead to services that all tenants share', () => {
  expect(field.routes).toEqual([]);
  expect(field.sharedRoutes).toMatchObject([
    { hosts: [{ host: 'wind-park.sensors.example' }], paths: [{ path: '/', service: 'portal', port: 3000 }] },
    { hosts: [{ host: 'wind-park-in.sensors.example' }], paths: [{ path: '/v1', service: 'queue', port: 4000 }] },
  ]);
  const added = JSON.stringify(registered(platform, field));
  expect(added).toContain('wind-park-in.sensors.example');
});

test('its queue is told of the tenant', () => {
  expect(field.projection).toMatchObject({ facts: { topics: ['wind', 'yaw'] }, secrets: [{ name: 'DEVICE_KEY' }] });
  const { services } = sharedOf(platform);
  expect(services.find(({ name }) => name === 'portal')).toMatchObject({ calls: ['queue'] });
});

test('no plan limits it, and the quota holds what it may run', () => {
  expect(field).toMatchObject({ limits: {}, rateLimit: null, nodePool: null });
  expect(field.quota.pods).toBeGreaterThanOrEqual(5);
});
