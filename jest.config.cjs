/** The hermetic suite: needs npm and nothing else. `npm run e2e` has its own configuration. */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  // Two cores that do other things as well are no reason to fail.
  testTimeout: 60_000,
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/e2e/'],
  transform: {
    '\\.[jt]s$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
  // The published schemas of custom resources come as ES modules only.
  transformIgnorePatterns: [
    '/node_modules/(?!@kubernetes-models/|kubernetes-models/|is-cidr/|cidr-regex/|ip-regex/|clone-regexp/|is-regexp/|super-regex/|function-timeout/|time-span/|convert-hrtime/|is-ip/|make-asynchronous/|p-event/|p-timeout/|web-worker/)',
  ],
  resolver: '<rootDir>/test/support/resolver.cjs',
  moduleNameMapper: {
    '^tenantry$': '<rootDir>/lib/index.ts',
    '^tenantry/products$': '<rootDir>/lib/products/index.ts',
    '^tenantry/kube$': '<rootDir>/lib/kube/index.ts',
    '^tenantry/terraform$': '<rootDir>/lib/terraform/index.ts',
  },
};
