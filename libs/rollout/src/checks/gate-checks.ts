import type { GateCheck, Judgement } from '@hamon/contracts';
import type { GateInput } from '../gate-input.js';
import type { StageReach } from '../stage-reach.js';
import { agreement } from './agreement.js';
import type { Check, Lack } from './check.js';
import { collapse } from './collapse.js';
import { errorRate } from './error-rate.js';
import { latency } from './latency.js';
import { reached } from './reached.js';
import { updateFailures } from './update-failures.js';

type Checks<Input, Name extends GateCheck['name']> = { readonly [N in Name]: Check<Input, N> };

/** What a gate asks of a stage as a whole. */
const STAGE_CHECKS: Checks<StageReach, 'reached'> = { reached };

/** What it asks of each variant, in this order: a model that does other work is named before its latency is. */
const VARIANT_CHECKS: Checks<GateInput, Exclude<GateCheck['name'], keyof typeof STAGE_CHECKS>> = {
  'update-failures': updateFailures,
  collapse,
  agreement,
  'error-rate': errorRate,
  latency,
};

/** The answers to all questions about a variant that arise. */
export const checkVariant = (input: GateInput): readonly GateCheck[] =>
  Object.values<Check<GateInput>>(VARIANT_CHECKS).flatMap((check) => check.judge(input) ?? []);

const CHECKS: Checks<never, GateCheck['name']> = { ...STAGE_CHECKS, ...VARIANT_CHECKS };

/** What an answer waits for besides frames and reports; `undefined` where they would do, or where it is conclusive. */
export const lackOf = (answer: GateCheck): Lack | undefined =>
  answer.verdict === 'inconclusive' ? CHECKS[answer.name].lacks?.(answer) : undefined;

/** Only a person can answer it. */
export const needsPerson = (answer: GateCheck): boolean => lackOf(answer) === 'person';

/** Everything that frames and devices can show is well. */
export const needsPersonAlone = ({ checks }: Judgement): boolean =>
  checks.some(needsPerson) && checks.every((check) => check.verdict === 'pass' || needsPerson(check));
