import type { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { PROJECTION_RESOURCES } from '../model/capacity';
import { cut, LIMITS } from '../model/names';
import type { Offer } from '../model/offer';
import { PROJECTION_COMPONENT } from '../model/openings';
import type { NamedValue, ResolvedProjection, ResolvedRows, Space, Tenant } from '../model/resolved';
import { isSecret, plainText } from '../model/values';
import { serviceAccount } from './account';
import type { ContainerOptions } from './container';
import { digest } from './digest';
import { secretsName } from './environment';
import { externalSecret } from './external-secret';
import { type MetadataOptions, metadata } from './metadata';
import { podTemplate } from './pod';
import { SECRET_STORE, secretStore } from './secret-store';
import { output, sqlClient } from './sql-client';

/** Which product's shared services an object tells of a tenant; they find all of them by it. */
export const PROJECTION_LABEL = 'tenantry.dev/projection';

/** Keys of a tenant's ConfigMap. */
export const FACTS_KEY = 'tenant.json';
export const ROWS_KEY = 'tenant.sql';

export interface ProjectionProps {
  readonly tenant: Tenant;
  readonly projection: ResolvedProjection;
  /** The product's shared one. */
  readonly namespace: string;
}

/**
 * What a product's shared services are told of one tenant: facts in a ConfigMap, secrets in a Secret, and rows that a Job writes
 * into their database. It goes on while the tenant is suspended, since that is a fact like any other.
 */
export class Projection extends Construct {
  readonly facts: k8s.KubeConfigMap;
  /** For stores that know a place of secrets by its namespace; elsewhere the shared namespace's own store reads them. */
  readonly secretStore: ApiObject | null;
  /** An ExternalSecret; a plain Secret where a tenant's features leave nothing secret in it. */
  readonly secrets: ApiObject | null;
  readonly job: k8s.KubeJob | null;

  constructor(scope: Construct, id: string, { tenant, projection, namespace }: ProjectionProps) {
    super(scope, id);
    // As the tenant, so that costs are its own, and beside the shared services.
    const space: Space = { ...tenant, namespace, nodePool: null };
    const { secrets, rows } = projection;
    this.facts = configMap(this, space, projection);
    const isStored = secrets.some(({ parts }) => isSecret(parts));
    const hasStore = isStored && space.cluster.secretStore.kind === 'kubernetes';
    this.secretStore = hasStore ? secretStore(this, space, objectName(space), 'route') : null;
    this.secrets =
      secrets.length === 0 ? null : secretsOf(this, space, secrets, hasStore ? objectName(space) : SECRET_STORE);
    this.job = rows === null ? null : rowsJob(this, space, rows);
  }
}

export interface ProjectionBaseProps {
  /** A shared one. */
  readonly space: Space;
}

/** What the Jobs of all tenants need once in a shared namespace, besides the Secret of the passwords. */
export class ProjectionBase extends Construct {
  readonly account: k8s.KubeServiceAccount;

  constructor(scope: Construct, id: string, { space }: ProjectionBaseProps) {
    super(scope, id);
    this.account = serviceAccount(this, space, PROJECTION_COMPONENT);
  }
}

/** What the Secret of a shared namespace's projections holds, as environment of the workload `projection`. */
export function projectionEnvironment({ projects }: Pick<Space, 'projects'>): NamedValue[] {
  return projects.map((offer) => ({ name: passwordKey(offer), parts: output(offer, 'password') }));
}

// --- internal ---

const FOLDER = '/projection';
const VOLUME = 'projection';
const USER = 10_001;
const DIGEST_LENGTH = 10;

/**
 * The table may be there only after a rollout of the shared services; until then attempts fail, further and further apart and in
 * the end some minutes: so many fill hours. One that hangs goes soon, since its pod keeps its part of the quota from other tenants'.
 */
const ATTEMPTS = 50;
const ATTEMPT_SECONDS = 600;
const DEADLINE_SECONDS = 86_400;

/** No workload has a dot in its name, so that no object of the namespace itself is ever called like a tenant's. */
function objectName({ id }: Pick<Space, 'id'>): string {
  return `tenant.${id}`;
}

function passwordKey({ name }: Offer): string {
  return `${name.toUpperCase().replaceAll('-', '_')}_PASSWORD`;
}

function projectionLabels({ product }: Space): Record<string, string> {
  return { [PROJECTION_LABEL]: product };
}

function configMap(scope: Construct, space: Space, { facts, rows }: ResolvedProjection): k8s.KubeConfigMap {
  return new k8s.KubeConfigMap(scope, 'facts', {
    metadata: metadata(space, objectName(space), { wave: 'secret', labels: projectionLabels(space) }),
    data: { [FACTS_KEY]: JSON.stringify(facts, byKey), ...(rows === null ? {} : { [ROWS_KEY]: rows.sql }) },
  });
}

/**
 * Shared services find a Secret of this name with these keys, whether features leave something secret in it or not. One turns into
 * the other without a confirmation, while which both would write the same Secret; the values are in the store and in git.
 */
function secretsOf(scope: Construct, space: Space, secrets: readonly NamedValue[], store: string) {
  const name = objectName(space);
  // In the last wave: one tenant's missing credential must hold up no sync of the cluster.
  const options: MetadataOptions = { wave: 'route', labels: projectionLabels(space), disposable: true };
  if (secrets.some(({ parts }) => isSecret(parts))) {
    const entries = secrets.map(({ name: key, parts }) => ({ key, parts }));
    return externalSecret(scope, 'secrets', space, { name, entries, store, metadata: options });
  }
  return new k8s.KubeSecret(scope, 'secrets', {
    metadata: metadata(space, name, options),
    // Not `stringData`: a key that goes from there stays in what was applied by the server.
    data: Object.fromEntries(secrets.map(({ name: key, parts }) => [key, base64(plainText(parts))])),
  });
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

/** For JSON that is the same however its maps came about. */
function byKey(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * No hook, which would run in every sync of the whole cluster and hold it up; an object that stays says that the rows are
 * written. In the last wave, since nothing may wait for one tenant's rows. A Job never changes, so that whatever is another
 * needs another name; writing the same rows again does no harm.
 */
function rowsJob(scope: Construct, space: Space, rows: ResolvedRows): k8s.KubeJob {
  const spec: k8s.JobSpec = {
    backoffLimit: ATTEMPTS,
    activeDeadlineSeconds: DEADLINE_SECONDS,
    template: podTemplate(space, {
      component: PROJECTION_COMPONENT,
      containers: [client(rows)],
      volumes: [{ name: VOLUME, configMap: { name: objectName(space), items: [{ key: ROWS_KEY, path: ROWS_KEY }] } }],
      scratch: ['/tmp'],
      user: USER,
      restartPolicy: 'Never',
      deadlineSeconds: ATTEMPT_SECONDS,
      serviceAccount: PROJECTION_COMPONENT,
    }),
  };
  const head = cut(`${PROJECTION_COMPONENT}-${space.id}`, LIMITS.job - DIGEST_LENGTH - 1);
  const name = `${head}-${digest({ spec, sql: rows.sql }, DIGEST_LENGTH)}`;
  return new k8s.KubeJob(scope, 'job', {
    metadata: metadata(space, name, { wave: 'route', component: PROJECTION_COMPONENT, disposable: true }),
    spec,
  });
}

/** The engine's client with the file; its password is in the environment, since command lines are for everybody to see. */
function client({ image, backing }: ResolvedRows): ContainerOptions {
  const { command, env, password } = sqlClient(backing, `${FOLDER}/${ROWS_KEY}`, { oneTransaction: true });
  const secretKeyRef = { name: secretsName(PROJECTION_COMPONENT), key: passwordKey(backing) };
  return {
    name: PROJECTION_COMPONENT,
    image,
    command: command.map((word) => [word]),
    env: Object.entries(env).map(([name, value]) => ({ name, parts: [value] })),
    extraEnv: [{ name: password, valueFrom: { secretKeyRef } }],
    resources: PROJECTION_RESOURCES,
    mounts: [{ name: VOLUME, mountPath: FOLDER, readOnly: true }],
  };
}
