/**
 * How many standard errors wide an interval must be to hold at *every* look, however often one looks: the normal-mixture
 * boundary of an asymptotic confidence sequence (Robbins 1970; Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas,
 * "Time-uniform central limit theory and asymptotic confidence sequences", 2021). An ordinary interval of the same
 * confidence errs at some look in 20-40 % of cases once it is looked at often enough.
 *
 * The boundary depends on the sample size alone, not on how many looks there were: nothing about former looks has to be
 * remembered, and a restart or a second replica cannot spend the error twice.
 *
 * @param trials sample size at this look, at least 1
 * @param tunedTo sample size at which the boundary is tightest: the first at which somebody decides
 * @param confidence two-sided, over all looks together, for example 0.99
 * @returns standard errors to each side; at `tunedTo` and 0.99 about 3.6, where a single look would take 2.6
 */
export function anytimeMultiplier(trials: number, tunedTo: number, confidence: number): number {
  if (!(trials >= 1 && tunedTo >= 1)) throw new RangeError('sample sizes must be at least 1');
  if (!(confidence > 0 && confidence < 1)) throw new RangeError(`confidence ${confidence} is not in (0, 1)`);
  const twiceLog = -2 * Math.log(1 - confidence);
  const mixture = ((twiceLog + Math.log(1 + twiceLog)) * trials) / tunedTo;
  return Math.sqrt((1 + 1 / mixture) * (Math.log(1 + mixture) + twiceLog));
}
