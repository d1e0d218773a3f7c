import type { ProductScope } from './product-scope';

/**
 * A feature that nothing refers to is sold and switches nothing: it is a name that somebody mistyped elsewhere, or a promise that nobody
 * keeps. What a plan gives by other means (nodes, domains, limits) needs no feature.
 */
export function checkUnusedFeatures(scope: ProductScope): void {
  const { backing, sharedBacking: _, settingsSchema: __, ...written } = scope.product;
  const used = new Set([
    ...Object.values(written.services).map(({ feature }) => feature),
    ...backing.map(({ feature }) => feature),
    ...featuresIn(written),
  ]);
  for (const name of scope.features) {
    if (used.has(name)) continue;
    const fix = `write feature: '${name}' in a service or backing service, pass feature('${name}') or when('${name}', ...), or remove it here and from the plans`;
    scope.add(`features.${name}`, 'nothing refers to this feature, so that it switches nothing', fix);
  }
}

// --- internal ---

/** Features that values refer to, wherever in a product they stand. */
function featuresIn(written: unknown): string[] {
  if (typeof written !== 'object' || written === null) return [];
  const { kind, source, name, feature } = written as Readonly<Record<string, unknown>>;
  if (kind === 'ref') return source === 'feature' ? [String(name)] : [];
  const inside = Object.values(written).flatMap(featuresIn);
  return kind === 'when' ? [String(feature), ...inside] : inside;
}
