/** Labels that every object of a space bears; cost tools add up by them. */
export function spaceLabels(product: string, environment: string): Record<string, string> {
  return { 'app.kubernetes.io/managed-by': 'tenantry', 'app.kubernetes.io/part-of': product, environment };
}
