import * as zod from 'zod';
import * as tenantry from '../index';
import * as kube from '../kube';
import * as products from '../products';
import * as terraform from '../terraform';

/** What registry files may import, wherever they lie: this library's own instances. */
export function libraryModules(): Record<string, unknown> {
  return { tenantry, 'tenantry/products': products, 'tenantry/kube': kube, 'tenantry/terraform': terraform, zod };
}
