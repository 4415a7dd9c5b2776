/** `npm run test:long`: soaks, slow fault tests and many runs of properties besides, which nobody waits for before each change. */
const isLongRun = process.env['HAMON_TEST_LONG'] === '1';

/** How often a property is tried: as often as people wait for, or, in the long run, so often that rare cases come up. */
export const runs = (usual: number, long: number): number => (isLongRun ? long : usual);

/** `it`, or a table of it, whose tests belong to the long run alone; elsewhere they are not there at all. */
export const inLongRun = <It extends object>(it: It): It =>
  isLongRun ? it : ((() => undefined) as unknown as It);
