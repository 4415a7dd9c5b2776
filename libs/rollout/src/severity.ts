import type { Verdict } from '@hamon/contracts';

/** From the worst to the best. */
const SEVERITY = ['error', 'fail', 'inconclusive', 'pass'] as const satisfies readonly Verdict[];

/** The worst of some verdicts; of none at all nothing is known. */
export const worstVerdict = (verdicts: readonly Verdict[]): Verdict =>
  SEVERITY.find((verdict) => verdicts.includes(verdict)) ?? 'error';

export const isWorse = (verdict: Verdict, than: Verdict): boolean =>
  SEVERITY.indexOf(verdict) < SEVERITY.indexOf(than);
