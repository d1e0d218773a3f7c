import type { Tenant } from '../../lib/model/resolved';
import type { IndexEntry } from '../../lib/registry/index-entry';
import { lossProblems } from '../../lib/registry/loss';
import { claimsOf, entry, now } from './support';

function lost(before: readonly IndexEntry[], after: readonly Tenant[]) {
  return lossProblems(before, after, 'dist');
}

describe('what Kubernetes never lets change', () => {
  test('is refused for a volume that would shrink', () => {
    expect(lost([entry('acme')], [now('acme', { claims: claimsOf('acme', 'eu-1', 9) })])).toEqual([
      {
        code: 'E_LOSS_SHRINK',
        file: 'tenants/acme.ts',
        path: '',
        found: 'sizeGiB of the volume "eu-1/nekotab-acme/media" is 10 in dist/index, here 9',
        fix: 'write at least 10; a volume never shrinks',
      },
    ]);
  });

  test('is refused for a storage class that would change', () => {
    expect(lost([entry('acme')], [now('acme', { claims: claimsOf('acme', 'eu-1', 10, 'slow') })])).toMatchObject([
      { code: 'E_LOSS_SHRINK', fix: 'write "fast"; it never changes' },
    ]);
  });

  test('is refused for a size that becomes a text', () => {
    const claims = claimsOf('acme', 'eu-1').map((c) => (c.space === 'volume' ? { ...c, fixed: { sizeGiB: '20' } } : c));
    expect(lost([entry('acme')], [now('acme', { claims })])).toMatchObject([{ code: 'E_LOSS_SHRINK' }]);
  });

  test('may change for a tenant that is purged, and where a later version holds less fixed', () => {
    const purged = now('acme', { state: 'purged', claims: claimsOf('acme', 'eu-1', 1, 'slow') });
    const freer = now('acme', { claims: claimsOf('acme', 'eu-1').map((c) => ({ ...c, fixed: {} })) });
    expect(lost([entry('acme')], [purged])).toEqual([]);
    expect(lost([entry('acme')], [freer])).toEqual([]);
  });
});
