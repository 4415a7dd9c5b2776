/** Tests run from TypeScript sources; processes they start (agents, workers) run the built `dist/`. */
const swc = {
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    keepClassNames: true,
  },
  module: { type: 'es6' },
};

const base = {
  rootDir: '.',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', swc] },
  moduleNameMapper: {
    '^@hamon/migrations$': '<rootDir>/migrations/index.ts',
    '^@hamon/([a-z-]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/'],
  testEnvironment: '<rootDir>/libs/testing/jest/node-environment.mjs',
};

const project = (displayName, suffix) => ({
  ...base,
  displayName,
  testMatch: [`<rootDir>/**/test/**/*.${suffix}.ts`],
});

export default {
  projects: [
    project('unit', 'spec'),
    project('contract', 'contract-spec'),
    project('integration', 'int-spec'),
    project('e2e', 'e2e-spec'),
  ],
  globalSetup: '<rootDir>/libs/testing/jest/global-setup.mjs',
  globalTeardown: '<rootDir>/libs/testing/jest/global-teardown.mjs',
  testTimeout: 120_000,
  // Modules of each test file stay in a worker's heap; a large one is collected for longer than a fresh one takes to start.
  workerIdleMemoryLimit: '1GB',
};
