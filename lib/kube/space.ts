import { Construct } from 'constructs';
import { PROJECTION_COMPONENT } from '../model/openings';
import type { Space } from '../model/resolved';
import { Access } from './access';
import { Backup, backupEnvironment } from './backup';
import { BACKUP } from './backup-steps';
import { secretEntries } from './environment';
import { jobSecretEntries, RolloutJob } from './job';
import { Monitoring } from './monitoring';
import { NamespaceBase } from './namespace';
import { Network } from './network';
import { ProjectionBase, projectionEnvironment } from './projection';
import { Routes } from './routes';
import { needsSuspendedBackend, SUSPENDED_BACKEND, SuspendedBackend } from './routes/suspension';
import { NamespaceSecretStore } from './secret-store';
import { WorkloadSecrets } from './secrets';
import { hasObjects, Servers } from './servers';
import { Workload } from './workload';

export interface SpaceProps {
  readonly space: Space;
}

/** A namespace with everything in it: a tenant's, or the shared one of a product. Parts stand in the order in which they are applied. */
export class SpaceParts extends Construct {
  readonly base: NamespaceBase;
  readonly network: Network;
  readonly access: Access;
  /** Null where nothing in the space is secret. */
  readonly secretStore: NamespaceSecretStore | null;
  /** By workload. */
  readonly secrets: ReadonlyMap<string, WorkloadSecrets>;
  readonly servers: Servers;
  readonly jobs: readonly RolloutJob[];
  readonly workloads: readonly Workload[];
  readonly monitoring: Monitoring;
  /** What tenants' projections need once; null where none writes rows. */
  readonly projection: ProjectionBase | null;
  /** For tenants' routes to shared services; null where none needs it. */
  readonly suspendedBackend: SuspendedBackend | null;
  readonly routes: Routes;
  readonly backup: Backup;

  constructor(scope: Construct, id: string, { space }: SpaceProps) {
    super(scope, id);
    this.base = new NamespaceBase(this, 'base', { space });
    this.network = new Network(this, 'network', { space });
    this.access = new Access(this, 'access', { space });
    const secrets = secretsOf(space);
    const hasSecrets = secrets.length > 0 || space.projectsSecrets || space.offers.some(hasObjects);
    this.secretStore = !hasSecrets ? null : new NamespaceSecretStore(this, 'secret-store', { space });
    this.secrets = new Map(
      secrets.map(([workload, entries]) => [
        workload,
        new WorkloadSecrets(this, `secrets-${workload}`, { space, workload, entries }),
      ]),
    );
    this.servers = new Servers(this, 'servers', { space });
    this.jobs = space.jobs.map((job) => new RolloutJob(this, `job-${job.name}`, { space, job }));
    this.workloads = space.services.map((service) => new Workload(this, `service-${service.name}`, { space, service }));
    this.monitoring = new Monitoring(this, 'monitoring', { space });
    this.projection = space.projects.length === 0 ? null : new ProjectionBase(this, 'projection', { space });
    this.suspendedBackend =
      space.routedByTenants.length > 0 && needsSuspendedBackend(space.cluster.routing)
        ? new SuspendedBackend(this, SUSPENDED_BACKEND, { space })
        : null;
    this.routes = new Routes(this, 'routes', { space });
    this.backup = new Backup(this, 'backup', { space });
  }
}

// --- internal ---

/** What each workload is told that is secret; those that are told nothing are left out. */
function secretsOf(space: Space) {
  const workloads: [string, ReturnType<typeof secretEntries>][] = [
    ...space.services.map((service): [string, ReturnType<typeof secretEntries>] => [
      service.name,
      secretEntries(service),
    ]),
    // While a space is suspended no job runs.
    ...(space.suspended ? [] : space.jobs).map((job): [string, ReturnType<typeof secretEntries>] => [
      job.name,
      jobSecretEntries(job),
    ]),
    [BACKUP, secretEntries({ env: backupEnvironment(space), files: [] })],
    [PROJECTION_COMPONENT, secretEntries({ env: projectionEnvironment(space), files: [] })],
  ];
  return workloads.filter(([, entries]) => entries.length > 0);
}
