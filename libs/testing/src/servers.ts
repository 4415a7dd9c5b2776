/**
 * May a test run that needs servers which are none of npm's packages? Where one is missing it is skipped, saying so; under
 * `HAMON_TEST_REQUIRE_SERVERS=1`, as in `.ci/run`, that is a failure.
 *
 * @param missing what a skipped test says, for each server; undefined where it is there
 */
export function hasServers(...missing: readonly (string | undefined)[]): boolean {
  const why = missing.find((one) => one !== undefined);
  if (why === undefined) return true;
  if (process.env['HAMON_TEST_REQUIRE_SERVERS'] === '1') throw new Error(why);
  console.warn(`skipped: ${why}`);
  return false;
}
