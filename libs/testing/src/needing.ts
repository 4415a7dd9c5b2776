/**
 * `describe` where all is there that the tests need; elsewhere they are skipped, saying what is missing. With
 * HAMON_TEST_REQUIRE_SERVERS=1, as `.ci/run` sets it, their file fails instead: nothing goes untried unseen.
 *
 * @param missing what each thing that is not there says
 */
export function needing<Describe extends { readonly skip: unknown }>(
  describe: Describe,
  ...missing: readonly (string | undefined)[]
): Describe {
  const why = missing.find((one) => one !== undefined);
  if (why === undefined) return describe;
  if (process.env['HAMON_TEST_REQUIRE_SERVERS'] === '1') throw new Error(why);
  process.stderr.write(`skipped: ${why}\n`);
  return describe.skip as Describe;
}
