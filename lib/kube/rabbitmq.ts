import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { RabbitmqDetails } from '../backing/rabbitmq';
import { cut } from '../model/names';
import type { Space } from '../model/resolved';
import { digest } from './digest';
import { secretsName } from './environment';
import { metadata } from './metadata';
import { WorkloadSecrets } from './secrets';

export interface RabbitmqTopologyProps {
  readonly space: Space;
  /** Of the backing service. */
  readonly name: string;
  readonly details: RabbitmqDetails;
}

/**
 * What a tenant has on a RabbitMQ of the platform, for its topology operator to make: a virtual host, a user that reaches nothing
 * else, exchanges, queues and what binds them. Fields are as in the messaging topology operator's v1.20.1; v1.14.0 has them all too.
 */
export class RabbitmqTopology extends Construct {
  readonly vhost: ApiObject;
  readonly user: ApiObject;
  readonly permission: ApiObject;
  readonly exchanges: readonly ApiObject[];
  readonly queues: readonly ApiObject[];
  readonly bindings: readonly ApiObject[];
  /** The operator reads it when it makes the user. */
  readonly credentials: WorkloadSecrets;

  constructor(scope: Construct, id: string, { space, name, details }: RabbitmqTopologyProps) {
    super(scope, id);
    const { cluster, vhost, user, password, exchanges, queues } = details;
    const made = (kind: string, objectName: string, spec: object) =>
      resource(this, space, name, kind, objectName, { ...spec, rabbitmqClusterReference: { ...cluster } });
    // No service is called that, and so no other Secret is.
    const workload = `${name}.rabbitmq`;
    this.credentials = new WorkloadSecrets(this, 'secrets', {
      space: { ...space, labels: { ...space.labels, [OPERATOR_LABEL]: 'true' } },
      workload,
      entries: [
        { key: 'username', parts: [user] },
        { key: 'password', parts: [password] },
      ],
    });
    this.vhost = made('Vhost', name, { name: vhost });
    this.user = made('User', name, { importCredentialsSecret: { name: secretsName(workload) } });
    const permissions = { configure: '.*', write: '.*', read: '.*' };
    this.permission = made('Permission', name, { vhost, userReference: { name }, permissions });
    this.exchanges = exchanges.map((exchange) =>
      made('Exchange', objectName(name, exchange.name), { ...exchange, vhost, autoDelete: false }),
    );
    this.queues = queues.map(({ name: queue, type }) =>
      made('Queue', objectName(name, queue), { name: queue, type, vhost, durable: true, autoDelete: false }),
    );
    this.bindings = queues.flatMap(({ name: destination, bindings }) =>
      bindings.map(({ exchange: source, routingKey }) => {
        const spec = { source, destination, destinationType: 'queue', routingKey };
        // None of it can be changed: what binds otherwise is another object.
        return made('Binding', `${name}.${digest(spec, 20)}`, { ...spec, vhost });
      }),
    );
  }
}

// --- internal ---

const API = 'rabbitmq.com/v1beta1';

/** By which the operator finds Secrets that it is to read. */
const OPERATOR_LABEL = 'rabbitmq.com/topology-operator';

/** The operator deletes what an object stands for along with it; virtual hosts and queues hold messages. */
function resource(scope: Construct, space: Space, component: string, kind: string, name: string, spec: object) {
  const confirm = kind === 'Vhost' || kind === 'Queue';
  const meta = metadata(space, name, { wave: 'server', component, confirm });
  return new ApiObject(scope, `${kind.toLowerCase()}-${name}`, { apiVersion: API, kind, metadata: meta, spec });
}

/** RabbitMQ's names hold more than an object's may: one that had to be changed is told apart by its digest. */
function objectName(backing: string, name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  const unique =
    plain === name ? plain : [plain.slice(0, 100), digest(name, 20)].filter((part) => part !== '').join('-');
  return cut(`${backing}.${unique}`.replace(/-+/g, '-'), 'kubernetesName');
}
