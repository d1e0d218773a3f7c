import type { z } from 'zod';
import { checkAccess } from './check-access';
import { checkAlerts } from './check-alerts';
import { checkBacking } from './check-backing';
import { checkUnusedFeatures } from './check-features';
import { checkFeatures, checkPlans } from './check-plans';
import { checkRoutes, checkTemplates } from './check-routes';
import { checkRowSecurity } from './check-row-security';
import { checkJobs, checkService, checkVolumeNames } from './check-services';
import { checkActing, checkMonitoring, checkProjection, checkSettingLimits } from './check-shared';
import { type Problem, show } from './errors';
import { formatPath, isLoose, parseWith } from './explain';
import type { BackingService } from './offer';
import { type Product, type ProductData, productSchema } from './product';
import { ProductScope } from './product-scope';
import type { Value } from './values';

/** A product after parsing: every default applied, every name inside it known to exist. */
export interface ProductModel extends ProductData {
  readonly backing: readonly BackingService[];
  readonly sharedBacking: readonly BackingService[];
  readonly settingsSchema: z.ZodType | null;
}

/** Checks a product and applies its defaults. Problems point into the file that offers it. */
export function parseProduct(
  product: Product,
  file: string,
): { readonly product: ProductModel | null; readonly problems: readonly Problem[] } {
  const prefix = formatPath('products', [typeof product.name === 'string' ? product.name : '?']);
  const { data, problems } = parseWith(productSchema, product.input, { code: 'E_PRODUCT_FIELD', file, prefix });
  const given = givenProblems(product, file, prefix);
  if (data === null || given.length > 0) return { product: null, problems: [...problems, ...given] };
  const model: ProductModel = {
    ...data,
    backing: product.backing,
    sharedBacking: product.sharedBacking,
    settingsSchema: product.settings,
  };
  const found = check(new ProductScope(model, file, prefix));
  return { product: found.length === 0 ? model : null, problems: found };
}

// --- internal ---

/** Labels that every tenant has, and prefixes of labels and annotations that steer others' controllers. */
const OWN_LABELS: readonly string[] = [
  ...['tenant', 'plan', 'environment', 'cost-center', 'billing-id', 'department'],
  ...['name', 'instance', 'part-of', 'managed-by'].map((name) => `app.kubernetes.io/${name}`),
];
const OWN_PREFIX = /^(tenantry\.dev|argocd\.argoproj\.io|(?!app\.)([^/]+\.)?(kubernetes|k8s)\.io)\//;

/** Whether names inside a product point at something. */
function check(scope: ProductScope): readonly Problem[] {
  const { services, shared, labels, annotations } = scope.product;
  checkBacking(scope, false);
  checkBacking(scope, true);
  checkTemplates(scope);
  for (const [name, service] of Object.entries(services)) checkService(scope, `services.${name}`, name, service, false);
  for (const [name, service] of Object.entries(shared?.services ?? {}))
    checkService(scope, `shared.services.${name}`, name, service, true);
  checkVolumeNames(scope);
  checkRoutes(scope);
  checkJobs(scope, false);
  checkJobs(scope, true);
  checkAccess(scope);
  checkActing(scope);
  checkProjection(scope);
  checkRowSecurity(scope);
  checkSettingLimits(scope);
  checkMonitoring(scope);
  checkAlerts(scope);
  checkPlans(scope);
  checkFeatures(scope);
  checkUnusedFeatures(scope);
  for (const path of scope.product.uniqueSettings) scope.checkSetting('uniqueSettings', path, true);
  for (const [key, value] of Object.entries(labels))
    checkLabel(scope, formatPath('labels', [key]), value, OWN_LABELS.includes(key) || OWN_PREFIX.test(key));
  for (const [key, value] of Object.entries(annotations))
    checkLabel(scope, formatPath('annotations', [key]), value, OWN_PREFIX.test(key));
  return scope.problems;
}

function checkLabel(scope: ProductScope, path: string, value: Value, isTaken: boolean): void {
  if (isTaken) scope.add(path, 'a key that is not the product’s to set', 'choose another key');
  scope.checkValue(path, value, 'tenant', 'labels and annotations');
}

/** What stands beside the fields of a product, and may be anything in plain JavaScript. */
function givenProblems(product: Product, file: string, prefix: string): Problem[] {
  const problems: Problem[] = [];
  const add = (path: string, found: string, fix: string) =>
    problems.push({ code: 'E_PRODUCT_FIELD', file, path: `${prefix}.${path}`, found, fix });
  const lists: [string, unknown][] = [
    ['backing', product.backing],
    ['shared.backing', product.sharedBacking],
  ];
  for (const [path, backing] of lists) {
    if (!Array.isArray(backing)) add(path, `expected a list, got ${show(backing)}`, 'write [database, ...]');
    for (const [i, service] of (Array.isArray(backing) ? backing : []).entries()) {
      if (!isBackingService(service))
        add(`${path}[${i}]`, `expected what postgresql() and the like return, got ${show(service)}`, 'name one here');
    }
  }
  const settings: unknown = product.settings;
  if (settings === null) return problems;
  const isSchema = typeof settings === 'object' && '_zod' in settings && 'safeParse' in settings;
  if (!isSchema) add('settings', 'expected a schema of zod 4', 'write z.strictObject({ ... })');
  else if (isLoose(settings as unknown as z.ZodType))
    add('settings', 'this object lets unknown settings pass', 'write z.strictObject({ ... })');
  return problems;
}

function isBackingService(value: unknown): value is BackingService {
  if (typeof value !== 'object' || value === null) return false;
  const { name, options, schema, outputs, offer } = value as Readonly<Record<string, unknown>>;
  const isWhole = typeof name === 'string' && typeof options === 'object' && typeof offer === 'function';
  return isWhole && Array.isArray(outputs) && typeof schema === 'object' && schema !== null && 'safeParse' in schema;
}
