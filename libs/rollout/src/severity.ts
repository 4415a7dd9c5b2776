import type { Verdict } from '@hamon/contracts';

/** The worst verdict decides; in this order. */
const SEVERITY = ['error', 'fail', 'inconclusive', 'pass'] as const satisfies readonly Verdict[];

/** The worst of some verdicts; of none at all nothing is known. */
export const worstVerdict = (verdicts: readonly Verdict[]): Verdict =>
  SEVERITY.find((verdict) => verdicts.includes(verdict)) ?? 'error';
