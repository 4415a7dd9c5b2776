import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BUILT, builtSources } from './libs/testing/vitest/built-sources.mjs';

/** One layer of the tests, see test/README.md. */
const layer = (name, suffix) => ({
  extends: true,
  test: { name, include: [`**/test/**/*.${suffix}.ts`] },
});

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [builtSources],
  test: {
    projects: [
      layer('unit', 'spec'),
      layer('contract', 'contract-spec'),
      layer('integration', 'int-spec'),
      layer('e2e', 'e2e-spec'),
    ],
    exclude: ['**/node_modules/**', '**/dist/**'],
    // A worker runs one file after another and loads the libraries once; files therefore leave nothing behind.
    pool: 'forks',
    isolate: false,
    // Much of the suite waits for servers and agents of its own, which use the cores meanwhile.
    maxWorkers: 2 * availableParallelism(),
    server: { deps: { external: [BUILT] } },
    globalSetup: 'libs/testing/vitest/global-setup.mjs',
    setupFiles: 'libs/testing/vitest/each-file.mjs',
    // They end what hangs; a machine that others use as well may be several times slower than a quiet one.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 180_000 } },
    slowTestThreshold: 10_000,
    reporters: ['default', './libs/testing/vitest/slowest-files.mjs'],
  },
});
