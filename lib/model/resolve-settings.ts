import { z } from 'zod';
import { show } from './errors';
import { formatPath, parseWith } from './explain';
import type { ProductModel } from './parse-product';
import type { Report } from './report';
import { uniqueValues } from './resolve-claims';
import { valuesAt } from './resolve-routes';
import { unspeakable } from './text';

/** A tenant's settings, as the product reads them. */

/** Settings as the product's own schema reads them. */
export function chooseSettings(product: ProductModel, settings: unknown, report: Report): unknown {
  if (product.settingsSchema === null) {
    const { data } = parseWith(NO_SETTINGS, settings ?? {}, { code: 'E_TENANT_FIELD', file: '' });
    if (data === null)
      report(
        'E_TENANT_FIELD',
        'settings',
        `${product.name} asks for no settings, got ${show(settings)}`,
        'remove them',
      );
    return {};
  }
  const { data, problems } = parseWith(product.settingsSchema, settings ?? {}, {
    code: 'E_TENANT_FIELD',
    file: '',
    prefix: 'settings',
  });
  for (const { code, path, found, fix } of problems) report(code, path, found, fix);
  const strange = strangeAt(data, [], []);
  if (strange !== null)
    report(
      'E_TENANT_FIELD',
      formatPath('settings', strange.path),
      `expected plain data, got ${strange.found}`,
      'write texts, numbers, true, false, lists and objects, or let the schema of the product make them',
    );
  else checkTexts(data, [], report);
  return strange === null ? (data ?? {}) : {};
}

/** Other tenants are compared by their claims; a tenant's own values stand here side by side. */
export function checkUnique(settings: unknown, uniqueSettings: readonly string[], report: Report): void {
  const seen = new Map<string, string>();
  for (const { setting, path, text } of uniqueValues(settings, uniqueSettings)) {
    const before = seen.get(`${setting} ${text}`);
    if (before !== undefined)
      report('E_CLAIM', path, `${show(JSON.parse(text))} is that of ${before} already`, 'write another');
    seen.set(`${setting} ${text}`, path);
  }
}

/** Values at a path of the settings, such as sites, are as many as the plan's limit allows. */
export function checkSettingLimits(
  { settingLimits }: ProductModel,
  plan: string,
  settings: unknown,
  limits: Readonly<Record<string, number | 'unlimited'>>,
  report: Report,
): void {
  for (const [path, name] of Object.entries(settingLimits)) {
    const count = valuesAt(settings, path).length;
    const most = limits[name];
    if (typeof most !== 'number' || count <= most) continue;
    const found = `the plan ${show(plan)} includes ${most} of ${show(name)}, got ${count}`;
    report('E_TENANT_PLAN', `settings.${path}`, found, 'remove some, or choose a larger plan');
  }
}

// --- internal ---

const NO_SETTINGS = z.strictObject({});

/** Deeper settings are nobody's; what refers to itself has no end. */
const DEEPEST = 50;

/** The first value inside settings that is no plain data. A schema may let anything pass, and make anything. */
function strangeAt(
  value: unknown,
  path: readonly PropertyKey[],
  above: readonly unknown[],
): { readonly path: readonly PropertyKey[]; readonly found: string } | null {
  if (value === null || value === undefined || typeof value === 'string' || typeof value === 'boolean') return null;
  if (Number.isFinite(value)) return null;
  if (typeof value !== 'object') return { path, found: show(value) };
  if (above.includes(value) || path.length > DEEPEST)
    return { path, found: 'a value that refers to itself or is too deep' };
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = Array.isArray(value) || prototype === null || Object.getPrototypeOf(prototype) === null;
  if (!isPlain) return { path, found: `an object of a class, ${show(value)}` };
  const isList = Array.isArray(value);
  for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
    if (isList && key === 'length') continue;
    const inside = [...path, isList ? Number(key) : key];
    if (descriptor.get !== undefined) return { path: inside, found: 'a getter' };
    const strange = strangeAt(descriptor.value, inside, [...above, value]);
    if (strange !== null) return strange;
  }
  return null;
}

/** A product's schema says what a text means; that it can be carried at all is said here for all of them. */
function checkTexts(value: unknown, path: readonly PropertyKey[], report: Report): void {
  if (typeof value === 'string') {
    const code = unspeakable(value);
    if (code !== undefined)
      report(
        'E_TENANT_FIELD',
        formatPath('settings', path),
        `expected a text without ${code}, got ${show(value)}`,
        'remove it; nothing can carry it',
      );
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      checkTexts(key, [...path, key], report);
      checkTexts(inner, [...path, Array.isArray(value) ? Number(key) : key], report);
    }
  }
}
