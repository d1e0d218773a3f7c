/** The suite against real engines: `npm run e2e`. What it needs besides npm is said by the errors of its set-up. */
module.exports = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/**/*.e2e.ts'],
  testTimeout: 900_000,
  transform: {
    '\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
  moduleNameMapper: {
    '^tenantry$': '<rootDir>/../../lib/index.ts',
    '^tenantry/products$': '<rootDir>/../../lib/products/index.ts',
    '^tenantry/kube$': '<rootDir>/../../lib/kube/index.ts',
    '^tenantry/terraform$': '<rootDir>/../../lib/terraform/index.ts',
  },
};
