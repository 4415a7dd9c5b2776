/**
 * Soaks, slow fault tests and many runs of properties, which nobody waits for before each change: `npm run test:long` has
 * them all (HAMON_TEST_LONG=1), `.ci/run` has them with few runs of properties (HAMON_TEST_LONG=some).
 */
const long = process.env['HAMON_TEST_LONG'];
const SOME = 3;

/** How often a property is tried: as often as people wait for, or, in the long run, so often that rare cases come up. */
export const runs = (usual: number, often: number): number =>
  long === '1' ? often : long === 'some' ? Math.min(often, SOME * usual) : usual;

/** `it`, `describe` or a table of them whose tests belong to the long run alone; elsewhere they are not there at all. */
export const inLongRun = <It extends object>(it: It): It =>
  long === '1' || long === 'some' ? it : ((() => undefined) as unknown as It);
