import { show } from './errors';
import { formatPath } from './explain';
import type { ProductScope } from './product-scope';
import { migratingJob, type RowSecurity } from './row-security';

/** What is wrong with how a product keeps the rows of its tenants apart. */

export function checkRowSecurity(scope: ProductScope): void {
  const { product } = scope;
  const [kept, ...others] = product.backing.filter(({ rowSecurity }) => rowSecurity !== undefined);
  if (kept === undefined) return;
  for (const { name } of others)
    scope.add(
      formatPath('backing', [name]),
      `rows of a shared database, as ${show(kept.name)} has already`,
      `list all tables in ${kept.name}`,
    );
  // Options that are wrong by themselves are told elsewhere.
  if (!kept.schema.safeParse(kept.options).success) return;
  const security = kept.rowSecurity?.(kept.options, product.name);
  if (security === undefined) return;
  checkJob(scope, kept.name, security);
  checkRows(scope, security);
  for (const [plan, { backing }] of Object.entries(product.plans)) {
    const changed = Object.hasOwn(backing, kept.name) ? Object.keys(backing[kept.name] ?? {}) : [];
    for (const option of changed.filter((name) => OF_ALL.includes(name)))
      scope.add(
        formatPath('plans', [plan, 'backing', kept.name, option]),
        'something that all tenants of the product share',
        'write it in the product',
      );
  }
}

// --- internal ---

/** Options of what there is once. */
const OF_ALL: readonly string[] = ['of', 'tables', 'column', 'setting', 'job', 'image'];

function checkJob(scope: ProductScope, name: string, security: RowSecurity): void {
  const { shared } = scope.product;
  const jobs = Object.keys(shared?.jobs ?? {});
  if (migratingJob(security, shared) !== undefined) return;
  const path = `${formatPath('backing', [name])}.job`;
  if (security.job !== null) scope.known(path, 'job of the shared services', security.job, jobs);
  else if (jobs.length > 0)
    scope.add(path, `${jobs.map(show).join(' and ')}, of which one migrates ${security.of}`, 'name that job');
  else
    scope.add(
      'shared.jobs',
      `no job that migrates ${security.of}, after which row-level security of its tables is brought up to date`,
      "write one, such as migrate: { service: 'backend', command: [...] }",
    );
}

/** A projection names its tenant as shared services do. */
function checkRows(scope: ProductScope, { of, setting, tables }: RowSecurity): void {
  const rows = scope.product.shared?.projection?.rows ?? null;
  if (rows === null || rows.in !== of || !tables.some(({ table }) => table === rows.table)) return;
  if (Object.hasOwn(rows.session, setting)) return;
  scope.add(
    'shared.projection.rows.session',
    `rows of ${rows.table}, whose policies let nothing pass until ${setting} names the tenant`,
    `write ${show(setting)}: tenant.id`,
  );
}
