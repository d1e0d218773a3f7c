import { type Stack, type StoreName, shopTenant, stackOf } from './fixture';

/**
 * Whole stacks, a line a block: another emitter, another version of one, or another provider shows here. Whatever differs is a change
 * to databases that exist.
 */

test.each<StoreName>(['vault', 'aws', 'kube'])('a stack with a store of kind %s is this', (store) => {
  expect(lines(stackOf(shopTenant(store)))).toMatchSnapshot();
});

// --- internal ---

function lines(stack: Stack): string[] {
  return Object.entries(stack).flatMap(([section, blocks]) =>
    section === 'terraform' || section === 'variable'
      ? [`${section} ${JSON.stringify(blocks)}`]
      : Object.entries(blocks as Readonly<Record<string, object>>).flatMap(([type, named]) =>
          Object.entries(named).map(([name, block]) => `${section} ${type}.${name} ${JSON.stringify(block)}`),
        ),
  );
}
