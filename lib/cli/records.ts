import { dnsRecords } from '../model/dns-records';
import { readRegistry } from '../registry';
import { libraryModules } from './modules';
import { type Options, UsageError } from './options';
import { type Output, printJson, printProblems, uniqueProblems } from './print';

/** `records`: what owners of custom domains must set at their DNS provider. */
export async function records({ root, ids, json }: Options, output: Output): Promise<number> {
  const registry = await readRegistry(root, libraryModules());
  if (registry.problems.length > 0) {
    if (json) printJson(output, { ok: false, problems: uniqueProblems(registry.problems) });
    else printProblems(output, registry.problems, 'nothing was written');
    return 1;
  }
  for (const id of ids)
    if (!registry.tenants.some((tenant) => tenant.id === id))
      throw new UsageError(`records: there is no tenant ${JSON.stringify(id)}`);
  const wanted = registry.tenants.filter(
    ({ id, state }) => state !== 'purged' && (ids.length === 0 || ids.includes(id)),
  );
  const all = wanted.flatMap((tenant) =>
    dnsRecords(registry.whole(tenant)).map((record) => ({ tenant: tenant.id, ...record })),
  );
  if (json) printJson(output, { ok: true, records: all });
  else for (const { tenant, host, type, value } of all) output.out(`${tenant}\t${host}\t${type}\t${value}`);
  return 0;
}
