/** The value at a share of the sorted values, nearest rank. */
export function quantile(values, share) {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

export const median = (values) => quantile(values, 0.5);

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
