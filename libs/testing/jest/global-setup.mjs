import { clearDeadRuns, makeRunFolder } from './test-run.mjs';

/** Before the first test; starts nothing: a run without a database test has no server. */
export default async function setUp() {
  await clearDeadRuns();
  process.env.HAMON_TEST_RUN = makeRunFolder();
}
