import { type Problem, show } from './errors';
import type { PlatformModel } from './parse-platform';
import type { Report } from './report';
import { sharedClaims } from './resolve-claims';
import { checkNames } from './resolve-credentials';
import { offeredProducts, resolveShared } from './resolve-shared';

/** The shared namespaces of all clusters; what a cluster lacks for one, and names that two of them want. */
export function sharedSpaces(model: PlatformModel) {
  const problems: Problem[] = [];
  const report: Report = (code, path, found, fix, where = model.file) =>
    problems.push({ code, file: where, path, found, fix });
  const holders = new Map<string, string>();
  const told = new Set<string>();
  const shared = new Map(
    Object.keys(model.clusters).map((clusterName) => {
      const spaces = offeredProducts(model, clusterName).flatMap((product) =>
        product.shared === null ? [] : [resolveShared(model, product, product.shared, clusterName, report)],
      );
      const written = model.clusters[clusterName]?.credentials ?? {};
      const path = `clusters.${clusterName}.credentials`;
      checkNames(
        written,
        spaces.map(({ product }) => product),
        path,
        report,
      );
      for (const of of spaces) {
        const { product } = of;
        const backing = model.products.get(product)?.sharedBacking.map(({ name }) => name) ?? [];
        checkNames(written[product] ?? {}, backing, `${path}.${product}`, report);
        const owner = `the shared services of ${product} on ${clusterName}`;
        for (const { space, name } of sharedClaims(of)) {
          const other = holders.get(`${space} ${name}`);
          const isPath = space === 'secret-path';
          const [at, fix] = isPath
            ? ['names.secretPath', 'write {product} in names.secretPath']
            : ['shared.backing', 'give one of them another name by its options'];
          // One template makes all paths of a product: to say it once is enough.
          if (other !== undefined && !(isPath && told.has(product))) {
            const found = `${owner} want the ${space} ${show(name)}, and so do ${other}`;
            report('E_CLAIM', `products.${product}.${at}`, found, fix);
            if (isPath) told.add(product);
          }
          holders.set(`${space} ${name}`, owner);
        }
      }
      return [clusterName, new Map(spaces.map((space) => [space.product, space]))] as const;
    }),
  );
  return { shared, problems };
}
