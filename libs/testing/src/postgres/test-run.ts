import { basename } from 'node:path';

/** The folder of this run of the test suite; the runner makes it before the first test and clears it after the last. */
export function testRunFolder(): string {
  const folder = process.env['HAMON_TEST_RUN'];
  if (folder === undefined) {
    throw new Error('HAMON_TEST_RUN is not set: run the tests by `npm test`');
  }
  return folder;
}

/** Names of this run's databases begin with it, so that runs on one server do not meet. */
export const testRunPrefix = (): string =>
  `hamon_test_${basename(testRunFolder()).replaceAll(/[^A-Za-z0-9]/g, '_')}`.toLowerCase();
