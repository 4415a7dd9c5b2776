import type { GateCheck, GatePolicy } from '@hamon/contracts';
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
import type { Check } from './check.js';

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
export const latency = {
  name: 'latency',
  judge: (input) => {
    const units = unitsOf(input);
    const confidence = 1 - (1 - input.policy.confidence) / units.length;
    const judged = units.map((unit) => judgeUnit(unit, input, confidence));
    const verdict = worstVerdict(judged.map((one) => one.verdict));
    const [decisive] = judged
      .filter((one) => one.verdict === verdict)
      .sort((a, b) => (b.figures['frames'] ?? 0) - (a.figures['frames'] ?? 0));
    return decisive;
  },
} as const satisfies Check<GateInput>;

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

/** The candidate's p95, what it is held against, and how often it is exceeded. */
interface Tail {
  readonly frames: number;
  /** Null without frames, as the control's is without enough of them. */
  readonly p95: number | null;
  readonly controlP95: number | null;
  readonly limit: number;
  readonly slow: number;
}

function judgeUnit(
  { about, evidence }: Unit,
  { policy, budgetP95Ms }: GateInput,
  confidence: number,
): GateCheck {
  const candidate = evidence.candidate.answering;
  const control = controlLatency(evidence, policy.latency.minFrames);
  const tail = tailOf(candidate, control?.sketch, policy, budgetP95Ms);
  const { p95, controlP95, limit, slow, frames } = tail;
  const [verdict, detail] = judgeTail(tail, policy, budgetP95Ms, confidence);
  return {
    name: 'latency',
    verdict,
    evidence: control?.evidence ?? 'absolute',
    detail: `${about}${detail}`,
    figures: {
      p95Ms: p95,
      controlP95Ms: controlP95,
      limitMs: limit,
      budgetP95Ms,
      shareAboveLimit: frames === 0 ? null : slow / frames,
      frames,
      controlFrames: control?.sketch.count ?? 0,
    },
  };
}

function tailOf(
  candidate: LatencySketch,
  control: LatencySketch | undefined,
  { latency: { maxRatio, maxExtraMs } }: GatePolicy,
  budgetP95Ms: number,
): Tail {
  const p95 = sketchQuantile(candidate, 0.95) ?? null;
  const controlP95 = (control && sketchQuantile(control, 0.95)) ?? null;
  const relativeLimit =
    controlP95 === null ? Infinity : Math.max(controlP95 * maxRatio, controlP95 + maxExtraMs);
  const limit = Math.min(budgetP95Ms, relativeLimit);
  return { frames: candidate.count, p95, controlP95, limit, slow: countAbove(candidate, limit) };
}

function judgeTail(
  { frames, p95, controlP95, limit, slow }: Tail,
  { latency: { maxRatio, maxExtraMs, minFrames } }: GatePolicy,
  budgetP95Ms: number,
  confidence: number,
): [GateCheck['verdict'], string] {
  if (frames < minFrames || p95 === null) {
    return [
      'inconclusive',
      `the version has answered ${frames} of the ${minFrames} frames needed to judge its latency`,
    ];
  }
  const z = anytimeMultiplier(frames, minFrames, confidence);
  const isSlow = wilsonInterval(slow, frames, z).lower > TAIL;
  const verdict = isSlow ? 'fail' : p95 <= limit ? 'pass' : 'inconclusive';
  const beside = controlP95 === null ? '' : `, the former version ${milliseconds(controlP95)}`;
  const figures = `p95 is ${milliseconds(p95)} over ${frames} frames${beside}`;
  if (p95 <= limit) return [verdict, figures];
  return [
    verdict,
    p95 > budgetP95Ms
      ? `${figures}; the bundle's budget is ${milliseconds(budgetP95Ms)}`
      : `${figures}; at most ${milliseconds(limit)} is allowed (${maxRatio} × and ${milliseconds(maxExtraMs)} more)`,
  ];
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
