/** The milliseconds of each of `runs` calls, one after the other. */
export async function timed(runs, call) {
  const latenciesMs = new Float64Array(runs);
  for (let i = 0; i < runs; i += 1) {
    const begin = performance.now();
    await call();
    latenciesMs[i] = performance.now() - begin;
  }
  return latenciesMs;
}
