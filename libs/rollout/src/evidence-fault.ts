import type { TaskComparison, TaskName } from '@hamon/contracts';
import type { LatencySketch } from '@hamon/stats';
import { taskOfKind } from '@hamon/tasks';
import { comparedFrames } from './compared.js';
import type { Arrivals, EvidenceContribution } from './evidence.js';
import type { GateInput } from './gate-input.js';

/** Why figures cannot be trusted at all, or undefined. A gate that cannot count answers `error`, never `pass`. */
export function evidenceFault({ task, evidence, budgetP95Ms }: GateInput): string | undefined {
  if (!(budgetP95Ms > 0 && budgetP95Ms < Infinity)) return `the bundle's p95 budget is ${budgetP95Ms}`;
  return contributionFault(evidence, task);
}

/** Why the figures of one window, or of many, contradict each other, or undefined. */
export function contributionFault(evidence: EvidenceContribution, task: TaskName): string | undefined {
  for (const name of ['candidate', 'control'] as const) {
    const { frames, failures, answering, shadowing, arrivals } = evidence[name];
    if (!isCount(frames) || !isCount(failures) || failures > frames) {
      return `the ${name}'s counters contradict each other: ${failures} failures on ${frames} frames`;
    }
    if (!isWhole(answering) || !isWhole(shadowing)) {
      return `the ${name}'s latency sketch does not add up to its own count`;
    }
    if (arrivals && !isPlausible(arrivals)) {
      return `the ${name}'s frames contradict each other: ${arrivals.undecodable} and ${arrivals.mismatched} refused of ${arrivals.frames}`;
    }
  }
  if (!isCount(evidence.freshFrames) || evidence.freshFrames > evidence.candidate.frames) {
    return `${evidence.freshFrames} frames on new devices, ${evidence.candidate.frames} in all`;
  }
  const { freshFailures, freshFrames } = evidence;
  if (!isCount(freshFailures) || freshFailures > freshFrames) {
    return `${freshFailures} failures on ${freshFrames} frames on new devices`;
  }
  const { compared, freshCompared } = evidence;
  const [fresh, all] = [comparedFrames(freshCompared), comparedFrames(compared)];
  if (fresh > all) return `${fresh} compared frames on new devices, ${all} in all`;
  return comparisonFault(compared, task) ?? comparisonFault(freshCompared, task);
}

function comparisonFault(compared: TaskComparison | null, task: TaskName): string | undefined {
  if (compared === null) return undefined;
  const { name, comparisons } = taskOfKind(compared);
  if (name !== task) return `the two versions are compared in ${name}, and the model does ${task}`;
  if (!isCount(compared.frames)) return `the two versions are compared on ${compared.frames} frames`;
  return comparisons.fault(compared);
}

const isCount = (n: number): boolean => Number.isSafeInteger(n) && n >= 0;

const isPlausible = ({ frames, undecodable, mismatched }: Arrivals): boolean =>
  isCount(frames) && isCount(undecodable) && isCount(mismatched) && undecodable + mismatched <= frames;

const isWhole = ({ count, min, max, bins }: LatencySketch): boolean =>
  isCount(count) &&
  Number.isFinite(min) &&
  Number.isFinite(max) &&
  bins.reduce((sum, [, n]) => sum + n, 0) === count;
