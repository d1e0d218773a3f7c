import { generatedSecret } from '../../lib';
import { ruleProblems } from '../../lib/registry/rules';
import { model, shop } from '../model/fixture';
import { claim, tenant } from './support';

const platform = model({}, [{ ...shop, sharedBacking: [generatedSecret({ name: 'token' })] }]);

test('no tenant has a secret of a product’s shared services', () => {
  const problems = (path: string) =>
    ruleProblems(platform, [tenant('acme', { claims: [claim('secret-path', path)] })]).map(({ found }) => found);
  expect(problems('production/shop/shared-eu-1/token')).toEqual([
    'the secret path "production/shop/shared-eu-1/token" is taken by the shared services of shop on eu-1',
  ]);
  expect(problems('production/shop/acme/token')).toEqual([]);
});
