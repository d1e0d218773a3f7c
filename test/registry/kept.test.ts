import { generatedSecret, postgresql } from '../../lib';
import type { Tenant } from '../../lib/model/resolved';
import type { IndexEntry } from '../../lib/registry/index-entry';
import { lossProblems } from '../../lib/registry/loss';
import { model, resolved, shop } from '../model/fixture';

/** What a change of the platform or product costs a tenant whose own file stays as it is. */
function lost(before: Tenant, after: Tenant): string[] {
  const { id, product, planName: plan, state, clusterName: placement, namespace, claims } = before;
  const entry: IndexEntry = { id, product, plan, state, placement, namespace, claims, files: {} };
  return lossProblems([entry], [after], 'dist').map(({ code, found }) => `${code} ${found}`);
}

const own = { ...shop, backing: [postgresql({ name: 'database', provision: 'own' }), ...shop.backing.slice(1)] };

test('an unchanged platform costs nothing', () => {
  expect(lost(resolved(), resolved())).toEqual([]);
  expect(lost(resolved({}, model({}, [own])), resolved({}, model({}, [own])))).toEqual([]);
});

test('an operator that comes to a cluster would start with an empty server in place of the own one', () => {
  const on = (operators: readonly string[], product: unknown) =>
    resolved({}, model({ 'clusters.eu-1.operators': operators }, [product]));
  expect(lost(on([], own), on(['cloudnative-pg'], own))).toEqual([expect.stringContaining('E_LOSS_SHRINK')]);
  expect(lost(on([], shop), on(['cloudnative-pg'], shop))).toEqual([]);
});

test('a shared server of the same name elsewhere, or of an older version, is another one', () => {
  const at = (changes: Readonly<Record<string, unknown>>) => resolved({}, model(changes));
  const [name] = Object.keys(model().servers).filter((server) => model().servers[server]?.engine === 'postgresql');
  const before = at({ [`servers.${name}.version`]: '16' });
  expect(lost(before, at({ [`servers.${name}.version`]: '17' }))).toEqual([]);
  expect(lost(before, at({ [`servers.${name}.version`]: '15' }))).toEqual([expect.stringContaining('E_LOSS_SHRINK')]);
  const moved = { [`servers.${name}.host`]: 'elsewhere.example.com', [`servers.${name}.version`]: '16' };
  expect(lost(before, at(moved))).toEqual([expect.stringContaining('E_LOSS_SHRINK')]);
});

test('what a generated secret has signed cannot be read with another one', () => {
  const other = model({ environment: 'prod' });
  expect(lost(resolved(), resolved({}, other))).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/E_LOSS_CLAIM .*signing-key/),
      expect.stringMatching(/E_LOSS_CLAIM .*backup/),
    ]),
  );
  const more = { ...shop, backing: [...shop.backing, generatedSecret({ name: 'second-key' })] };
  expect(lost(resolved(), resolved({}, model({}, [more])))).toEqual([]);
});
