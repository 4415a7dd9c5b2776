import type { SamplePolicy, SampleReason } from '@hamon/contracts';

/** What speaks for keeping a picture, whatever the policy. */
export interface SampleFacts {
  readonly isDefect: boolean;
  /** From 0 to 1, the least of all that answered; null where the task has none, or nobody answered. */
  readonly confidence: number | null;
  readonly disagreements: readonly Extract<SampleReason, 'edge-cloud' | 'shadow-current'>[];
  readonly isDrifting: boolean;
  /** In [0, 1), by which the random share is drawn. */
  readonly lot: number;
}

/** The parts of a policy, each with a daily number of its own. */
export type PolicyPart = keyof SamplePolicy;

export const PART_OF: Readonly<Record<SampleReason, PolicyPart>> = {
  defect: 'defects',
  'low-confidence': 'lowConfidence',
  'edge-cloud': 'disagreement',
  'shadow-current': 'disagreement',
  drift: 'drift',
  random: 'random',
};

/** Pictures that each part has had today. */
export type PartCounts = Readonly<Partial<Record<PolicyPart, number>>>;

/** Why this picture is to be kept: nothing where the policy does not ask for it, or its daily numbers are reached. */
export function chooseReasons(policy: SamplePolicy, facts: SampleFacts, today: PartCounts): SampleReason[] {
  return reasonsFor(policy, facts).filter((reason) => {
    const part = PART_OF[reason];
    return (today[part] ?? 0) < (policy[part]?.perDay ?? 0);
  });
}

function reasonsFor(policy: SamplePolicy, facts: SampleFacts): SampleReason[] {
  const { defects, lowConfidence, disagreement, drift, random } = policy;
  const { isDefect, confidence, disagreements, isDrifting, lot } = facts;
  const reasons: SampleReason[] = [];
  if (defects && isDefect) reasons.push('defect');
  if (lowConfidence && confidence !== null && confidence < lowConfidence.below)
    reasons.push('low-confidence');
  if (disagreement) reasons.push(...disagreements);
  if (drift && isDrifting) reasons.push('drift');
  if (random && lot < random.share) reasons.push('random');
  return reasons;
}

/** Those of a picture that is kept: each of its parts once. */
export const partsOf = (reasons: readonly SampleReason[]): ReadonlySet<PolicyPart> =>
  new Set(reasons.map((reason) => PART_OF[reason]));
