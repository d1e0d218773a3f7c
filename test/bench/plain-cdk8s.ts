import { readFileSync } from 'node:fs';
import { ApiObject, App, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { filesOf, manifestsOf, type TemplateObject, type Templates } from './templates';

/**
 * A plain cdk8s program, as one would write it from its documentation: one App, a Chart a tenant, default settings, the
 * typed classes of cdk8s-plus-27 for what Kubernetes knows and ApiObject for custom resources, as Tenantry has them too.
 * `plain-cdk8s.ts <templates.json> <outdir>`.
 */
const [templatesFile = '', outdir = ''] = process.argv.slice(2);
const templates = JSON.parse(readFileSync(templatesFile, 'utf8')) as Templates;

const app = new App({ outdir });
for (const tenant of templates.tenants) {
  const chart = new Chart(app, tenant.id, { disableResourceNameHashes: true });
  for (const [i, object] of manifestsOf(filesOf(templates, tenant)).entries())
    add(chart, `${object.kind}-${i}`, object);
}
app.synth();

function add(chart: Chart, id: string, object: TemplateObject): void {
  const Typed = (k8s as unknown as Partial<Record<string, TypedObject>>)[`Kube${object.kind}`];
  if (Typed?.GVK?.apiVersion !== object.apiVersion) {
    new ApiObject(chart, id, object);
    return;
  }
  const { apiVersion: _, kind, ...props } = object;
  new Typed(chart, id, typed(props, kind) as object);
}

interface TypedObject {
  new (scope: Construct, id: string, props: object): ApiObject;
  readonly GVK?: { readonly apiVersion: string };
}

/** Maps of quantities, and fields that are a number or a text, which the typed classes take as objects of their own. */
function typed(value: unknown, kind: string, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => typed(item, kind));
  if (typeof value !== 'object' || value === null) return value;
  const isQuantities = /^(hard|limits|requests|default|defaultRequest|max|min)$/.test(key);
  const isUnion = kind === 'Service' ? /^targetPort$/ : /^(port|sizeLimit|max(Surge|Unavailable)|minAvailable)$/;
  const entries = Object.entries(value).map(([name, item]) => {
    const isScalar = typeof item === 'string' || typeof item === 'number';
    return [name, isScalar && (isQuantities || isUnion.test(name)) ? quantity(item) : typed(item, kind, name)];
  });
  return Object.fromEntries(entries);
}

/** `Quantity` and `IntOrString` are alike. */
function quantity(value: string | number): k8s.Quantity {
  return typeof value === 'string' ? k8s.Quantity.fromString(value) : k8s.Quantity.fromNumber(value);
}
