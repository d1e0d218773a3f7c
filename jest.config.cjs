/** The hermetic suite: needs npm and nothing else. `npm run e2e` has its own configuration. */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/e2e/'],
  transform: { '\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } }] },
  moduleNameMapper: {
    '^tenantry$': '<rootDir>/lib/index.ts',
    '^tenantry/products$': '<rootDir>/lib/products/index.ts',
    '^tenantry/kube$': '<rootDir>/lib/kube/index.ts',
  },
};
