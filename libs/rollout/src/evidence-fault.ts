import { frameCount, type LatencySketch } from '@hamon/stats';
import type { Arrivals, EvidenceContribution } from './evidence.js';
import type { GateInput } from './gate-input.js';

/** Why figures cannot be trusted at all, or undefined. A gate that cannot count answers `error`, never `pass`. */
export function evidenceFault({ evidence, budgetP95Ms }: GateInput): string | undefined {
  if (!(budgetP95Ms > 0 && budgetP95Ms < Infinity)) return `the bundle's p95 budget is ${budgetP95Ms}`;
  return contributionFault(evidence);
}

/** Why the figures of one window, or of many, contradict each other, or undefined. */
export function contributionFault(evidence: EvidenceContribution): string | undefined {
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
  for (const { labels, cells } of [evidence.paired, evidence.freshPaired]) {
    if (cells.some(([a, b, n]) => !(a in labels) || !(b in labels) || !isCount(n))) {
      return 'the table of paired labels names labels that it does not have';
    }
  }
  const [fresh, all] = [frameCount(evidence.freshPaired), frameCount(evidence.paired)];
  if (fresh > all) return `${fresh} paired frames on new devices, ${all} in all`;
  return undefined;
}

const isCount = (n: number): boolean => Number.isSafeInteger(n) && n >= 0;

const isPlausible = ({ frames, undecodable, mismatched }: Arrivals): boolean =>
  isCount(frames) && isCount(undecodable) && isCount(mismatched) && undecodable + mismatched <= frames;

const isWhole = ({ count, min, max, bins }: LatencySketch): boolean =>
  isCount(count) &&
  Number.isFinite(min) &&
  Number.isFinite(max) &&
  bins.reduce((sum, [, n]) => sum + n, 0) === count;
