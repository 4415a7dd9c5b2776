import type { GateCheck } from '@hamon/contracts';
import {
  anytimeMultiplier,
  countAbove,
  sketchQuantile,
  wilsonInterval,
  type LatencySketch,
} from '@hamon/stats';
import { pooledEvidence, type EvidenceContribution, type EvidenceGroup } from '../evidence.js';
import { milliseconds } from '../format.js';
import type { GateInput } from '../gate-input.js';
import { worstVerdict } from '../severity.js';

/** The share of frames that may be above a limit on the 95th percentile. */
const TAIL = 0.05;

/** Devices that may be compared with each other. */
interface Unit {
  /** Begins a sentence; empty where there is one unit only. */
  readonly about: string;
  readonly evidence: EvidenceContribution;
}

/**
 * Is the candidate too slow? Its p95 while answering must keep the bundle's budget, and must not exceed the control's by
 * both a ratio and an absolute difference. "p95 is above L" means "more than 5 % of the frames take longer than L",
 * which is a proportion with an interval; a bare comparison of two p95 fails at random on a busy device.
 *
 * Devices of several hardware classes are judged class by class: else the candidate's frames might come from slow devices
 * and the control's from fast ones, and a class that got too slow would drown in the others. Classes with too few frames
 * of their own are taken together, and the check says so. The doubt that the confidence leaves is shared between them.
 */
export function checkLatency(input: GateInput): GateCheck {
  const units = unitsOf(input);
  const confidence = 1 - (1 - input.policy.confidence) / units.length;
  const judged = units.map((unit) => judgeUnit(unit, input, confidence));
  const verdict = worstVerdict(judged.map((one) => one.verdict));
  const [decisive] = judged
    .filter((one) => one.verdict === verdict)
    .sort((a, b) => (b.figures['frames'] ?? 0) - (a.figures['frames'] ?? 0));
  // There is a unit always.
  return decisive as GateCheck;
}

function unitsOf({ evidence, classes = [], policy }: GateInput): readonly Unit[] {
  if (classes.length < 2) return [{ about: '', evidence }];
  const isEnough = ({ candidate }: EvidenceContribution): boolean =>
    candidate.answering.count >= policy.latency.minFrames;
  const alone = classes.filter(isEnough);
  const rest = classes.filter((group) => !alone.includes(group));
  const pooled = pooledEvidence(rest);
  const units = alone.map((group) => ({ about: `on ${group.hardwareClass} `, evidence: group }));
  // A class that has hardly answered yet holds up nobody where others have.
  if (alone.length > 0 && !isEnough(pooled)) return units;
  return [...units, { about: aboutRest(rest), evidence: pooled }];
}

const aboutRest = (rest: readonly EvidenceGroup[]): string =>
  rest.length === 1
    ? `on ${rest[0]?.hardwareClass ?? ''} `
    : `over ${rest.length} hardware classes together, each with too few frames of its own, `;

function judgeUnit(
  { about, evidence }: Unit,
  { policy, budgetP95Ms }: GateInput,
  confidence: number,
): GateCheck {
  const { maxRatio, maxExtraMs, minFrames } = policy.latency;
  const candidate = evidence.candidate.answering;
  const control = controlLatency(evidence, minFrames);
  const p95 = sketchQuantile(candidate, 0.95) ?? null;
  const controlP95 = (control && sketchQuantile(control.sketch, 0.95)) ?? null;
  const relativeLimit =
    controlP95 === null ? Infinity : Math.max(controlP95 * maxRatio, controlP95 + maxExtraMs);
  const limit = Math.min(budgetP95Ms, relativeLimit);
  const slow = countAbove(candidate, limit);

  const enough = candidate.count >= minFrames;
  const certain =
    enough &&
    wilsonInterval(slow, candidate.count, anytimeMultiplier(candidate.count, minFrames, confidence)).lower >
      TAIL;
  const verdict = certain ? 'fail' : enough && p95 !== null && p95 <= limit ? 'pass' : 'inconclusive';
  return {
    name: 'latency',
    verdict,
    evidence: control?.evidence ?? 'absolute',
    detail: `${about}${describe()}`,
    figures: {
      p95Ms: p95,
      controlP95Ms: controlP95,
      limitMs: limit,
      budgetP95Ms,
      shareAboveLimit: candidate.count === 0 ? null : slow / candidate.count,
      frames: candidate.count,
      controlFrames: control?.sketch.count ?? 0,
    },
  };

  function describe(): string {
    if (!enough || p95 === null) {
      return `the version has answered ${candidate.count} of the ${minFrames} frames needed to judge its latency`;
    }
    const beside = controlP95 === null ? '' : `, the former version ${milliseconds(controlP95)}`;
    const figures = `p95 is ${milliseconds(p95)} over ${candidate.count} frames${beside}`;
    if (p95 <= limit) return figures;
    return p95 > budgetP95Ms
      ? `${figures}; the bundle's budget is ${milliseconds(budgetP95Ms)}`
      : `${figures}; at most ${milliseconds(limit)} is allowed (${maxRatio} × and ${milliseconds(maxExtraMs)} more)`;
  }
}

/** The control in the same role where it answered enough frames itself, else beside the candidate on the same frames. */
function controlLatency(
  { control }: EvidenceContribution,
  minFrames: number,
): { sketch: LatencySketch; evidence: 'control' | 'paired' } | null {
  if (control.answering.count >= minFrames) return { sketch: control.answering, evidence: 'control' };
  if (control.shadowing.count >= minFrames) return { sketch: control.shadowing, evidence: 'paired' };
  return null;
}
