import { show } from './errors';
import type { Report } from './report';
import type { Chosen } from './resolve-choices';
import { hostsOf } from './resolve-lookup';
import type { ResolvedRoute } from './resolved';
import { spaceLabels } from './space-labels';
import type { TenantData } from './tenant';
import { labelValue } from './text';
import type { TenantField } from './values';

/** What is known of a tenant as texts: facts that values refer to, and labels of its objects. */

export interface FactsContext {
  readonly chosen: Chosen;
  readonly environment: string;
  readonly jurisdiction: string;
  readonly namespace: string;
  readonly routes: readonly ResolvedRoute[];
}

export function resolveFacts(
  data: TenantData,
  { chosen, environment, jurisdiction, namespace, routes }: FactsContext,
): Record<TenantField, string> {
  const { product, cluster } = chosen;
  const hosts = hostsOf(routes);
  return {
    id: data.id,
    displayName: data.displayName,
    product: product.name,
    plan: data.plan,
    environment,
    region: cluster.region,
    jurisdiction,
    namespace,
    contact: data.contact,
    createdOn: data.createdOn,
    status: data.lifecycle.state,
    billingId: data.billing.id ?? '',
    costCenter: data.billing.costCenter ?? '',
    department: data.billing.department ?? '',
    host: hosts[0] ?? '',
    hosts: hosts.join(','),
    urls: hosts.map((host) => `https://${host}`).join(','),
    url: hosts[0] === undefined ? '' : `https://${hosts[0]}`,
  };
}

/** Labels of every object, with those that the product adds. */
export function resolveLabels(
  data: TenantData,
  product: string,
  environment: string,
  ofProduct: Readonly<Record<string, string>>,
  report: Report,
): Record<string, string> {
  const labels = {
    ...spaceLabels(product, environment),
    ...ofProduct,
    tenant: data.id,
    plan: data.plan,
    ...(data.billing.costCenter === null ? {} : { 'cost-center': data.billing.costCenter }),
    ...(data.billing.id === null ? {} : { 'billing-id': data.billing.id }),
    ...(data.billing.department === null ? {} : { department: data.billing.department }),
  };
  checkLabels(labels, report);
  return labels;
}

// --- internal ---

function checkLabels(labels: Readonly<Record<string, string>>, report: Report): void {
  for (const [key, text] of Object.entries(labels)) {
    if (text === '' || labelValue.safeParse(text).success) continue;
    report(
      'E_TENANT_FIELD',
      '',
      `the label ${show(key)} would be ${show(text)}, which no label can hold`,
      'write letters, digits, "-", "_" and "." where it comes from, at most 63, or let the product make it an annotation',
    );
  }
}
