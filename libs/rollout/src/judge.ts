import type { GateCheck, Judgement } from '@hamon/contracts';
import { checkVariant, needsPerson } from './checks/gate-checks.js';
import { evidenceFault } from './evidence-fault.js';
import { counted } from './format.js';
import { isCompared, type GateInput } from './gate-input.js';
import { worstVerdict } from './severity.js';

/**
 * Judges one variant in a stage by what it has shown so far; callable at any time and as often as wanted.
 *
 * `fail` holds under continuous looking: every interval behind it is an anytime-valid one (`anytimeMultiplier`), so that
 * over a whole watch a good version is stopped with a probability of about `1 - confidence` per check at most, counting
 * frames as independent. `pass` needs every check to pass; silence, too few frames and frames of one label only are
 * `inconclusive`. Where no device ran another version before there is nothing to compare with, and absolute limits alone
 * decide. Devices without room for two models cannot show both on the same frames: where there are no others, absolute
 * limits decide, and what the former version did there on other frames. Where labels differ no answer is compared, and a
 * person has to agree to that. Each check says which evidence it used.
 */
export function judge(input: GateInput): Judgement {
  const fault = evidenceFault(input);
  if (fault !== undefined) {
    const check = {
      name: 'error-rate',
      verdict: 'error',
      evidence: 'absolute',
      detail: fault,
      figures: {},
    } as const;
    return { verdict: 'error', reason: `the evidence cannot be used: ${fault}`, checks: [check] };
  }
  const checks = checkVariant(input);
  const verdict = worstVerdict(checks.map((check) => check.verdict));
  return { verdict, reason: reasonFor(verdict, checks, input), checks: [...checks] };
}

function reasonFor(verdict: Judgement['verdict'], checks: readonly GateCheck[], input: GateInput): string {
  if (verdict === 'pass') return `all ${checks.length} checks passed ${basisOf(input)}`;
  // What frames can still show comes before what only a person can say.
  const decisive = checks.filter((check) => check.verdict === verdict);
  const [first, ...rest] = [...decisive].sort((a, b) => Number(needsPerson(a)) - Number(needsPerson(b)));
  if (!first) return 'nothing was checked';
  return [first, ...rest.filter(needsPerson)].map(({ name, detail }) => `${name}: ${detail}`).join('; ');
}

function basisOf(input: GateInput): string {
  const { alone, relabelled } = input.updates;
  const without = `${counted(alone, 'device')} without room for two models`;
  const differ = relabelled.reduce((sum, { devices }) => sum + devices, 0);
  if (isCompared(input)) {
    const others = [
      ...(alone > 0 ? [without] : []),
      ...(differ > 0 ? [`${counted(differ, 'device')} whose former version has other labels`] : []),
    ];
    return `against the former version${others.length > 0 ? `, but for ${others.join(' and ')}` : ''}`;
  }
  if (differ > 0)
    return `without comparing answers, as labels differ and ${input.labelsApprovedBy ?? ''} approved`;
  if (alone > 0) return `by absolute limits and the former version's own frames: ${without}`;
  return 'by absolute limits, there being no former version';
}
