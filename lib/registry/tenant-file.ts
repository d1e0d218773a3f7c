import { type Problem, show } from '../model/errors';

/** What a tenant file says: what it passed to `defineTenant`, as plain data that nothing can change any more. */
export interface TenantSource {
  /** Relative to the root, with `/` between folders. */
  readonly file: string;
  readonly input: unknown;
}

const WRITE = 'write export default defineTenant({ ... })';

/** Takes the tenant out of what a file exports, or says what the file exports instead. */
export function readTenant(file: string, exported: unknown): TenantSource | Problem {
  try {
    const named = isObject(exported) ? exported : {};
    const found = named.default;
    if (isObject(found) && found.kind === 'tenantry.tenant' && 'input' in found) {
      return { file, input: plainCopy(found.input, []) };
    }
    return { code: 'E_FILE_NO_TENANT', file, path: '', ...describe(found, named) };
  } catch (error) {
    // Registry code runs here too, in getters and proxies.
    const found = `cannot be read as plain data: ${isObject(error) ? show(error.message) : show(error)}`;
    return { code: 'E_FILE_LOAD', file, path: '', found, fix: 'write plain values' };
  }
}

/** The platform, from the export of that name or the default one. */
export function readPlatform(file: string, exported: unknown): { readonly platform: unknown } | Problem {
  const named = isObject(exported) ? exported : {};
  for (const candidate of [named.platform, named.default]) {
    if (isObject(candidate) && candidate.kind === 'tenantry.platform') return { platform: candidate };
  }
  const names = Object.keys(named);
  const found = `expected an export "platform" that definePlatform returned, found ${names.length === 0 ? 'no export' : `exports ${names.map(show).join(', ')}`}`;
  const fix = 'write export const { platform, defineTenant } = definePlatform({ ... })';
  return { code: 'E_REGISTRY_PLATFORM', file, path: '', found, fix };
}

function describe(found: unknown, named: Readonly<Record<string, unknown>>): Pick<Problem, 'found' | 'fix'> {
  const expected = (what: string) => `expected a default export made by defineTenant, found ${what}`;
  if (found === undefined && 'default' in named) return { found: expected('undefined'), fix: WRITE };
  if (found === undefined) {
    const names = Object.keys(named).filter((name) => name !== 'default');
    if (names.length === 0) return { found: expected('no export'), fix: WRITE };
    return { found: expected(`only the named export ${names.map(show).join(', ')}`), fix: WRITE };
  }
  if (Array.isArray(found)) return { found: expected('a list'), fix: 'write one file for each tenant' };
  if (typeof found === 'function') return { found: expected('a function'), fix: WRITE };
  if (!isObject(found)) return { found: expected(show(found)), fix: WRITE };
  if (typeof found.then === 'function') {
    return { found: expected('a promise'), fix: 'write the value itself; a registry is evaluated at once' };
  }
  if (found.kind === 'tenantry.platform') {
    return { found: expected('a platform'), fix: 'describe the one platform in tenants/platform.ts' };
  }
  return { found: expected('a plain object'), fix: 'wrap it: export default defineTenant({ ... })' };
}

/**
 * Copies objects and arrays, so that getters run now, where an error of theirs has a file, and so that files which share an
 * object cannot change each other's. Whatever is neither stays as it is, for the schema to refuse.
 */
function plainCopy(value: unknown, above: readonly object[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (above.includes(value)) throw new Error('a value refers to itself');
  const inside = [...above, value];
  if (Array.isArray(value)) return Array.from(value, (item) => plainCopy(item, inside));
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  if (!isPlain) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainCopy(item, inside)]));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
