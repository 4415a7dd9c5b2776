import type { DetectionComparison, GatePolicy } from '@hamon/contracts';
import { anytimeMultiplier, cohenKappa, marginals, type Kappa } from '@hamon/stats';
import type { CheckAnswer, TaskCheck } from '../task.js';
import { beyondChance, type BeyondChance } from './beyond-chance.js';
import { estimateRatio, type Ratio } from '../shared/ratio.js';
import { describeBoxes } from './describe-boxes.js';
import { totalsOf, type BoxTotals } from './box-counts.js';

/** Frames on which one of the two found something, before anything is said. */
const MIN_FRAMES_WITH_BOXES = 20;
/** Boxes that both found, before their labels are judged. */
const MIN_MATCHED_BOXES = 20;
/** The former version must give other labels than its commonest this often before a low kappa fails a version. */
const MIN_DIVERSITY = 0.15;

interface Shown {
  readonly comparison: DetectionComparison;
  readonly totals: BoxTotals;
  readonly f1: Ratio | undefined;
  readonly beyond: BeyondChance | undefined;
  /** Of labels of the boxes that both found; undefined where all have one label. */
  readonly kappa: Kappa | undefined;
  /** Share of these boxes that the former version labels otherwise than most. */
  readonly diversity: number;
}

/**
 * Do the two versions still do the same job? Judged by box F1, twice the boxes that both found under one label over the boxes
 * of both: a version that finds nothing, too much, or something else is near 0, noise beside a detector at about 0.01. One that
 * always finds the same may share boxes with the other; so what the two share on unrelated frames is held against it.
 *
 * It fails where F1 is certainly below the limit, where it is hardly above what chance gives, and where the boxes that both found get labels that agree little better than
 * by chance. It passes where F1 reaches the limit and is certainly above half of it, and above chance.
 */
export const agreement: TaskCheck<'detection'> = {
  name: 'agreement',
  judge: (comparison, policy) => {
    const shown = shownBy(comparison, policy);
    const [verdict, detail] = judgeShown(shown, policy);
    const { f1, beyond, kappa, totals, diversity } = shown;
    return {
      verdict,
      detail,
      figures: {
        f1: f1?.ratio ?? null,
        chance: beyond?.chance ?? null,
        beyondChance: beyond?.ratio ?? null,
        lower: f1?.lower ?? null,
        upper: f1?.upper ?? null,
        limit: policy.tasks.detection.minF1,
        frames: comparison.frames,
        framesWithBoxes: comparison.f1.frames,
        ...totals,
        kappa: kappa?.kappa ?? null,
        kappaLower: kappa?.lower ?? null,
        kappaUpper: kappa?.upper ?? null,
        diversity,
      },
    };
  },
};

function shownBy(comparison: DetectionComparison, { minPairedFrames, confidence }: GatePolicy): Shown {
  const { f1, labels, both } = comparison;
  const z = anytimeMultiplier(Math.max(1, f1.frames), minPairedFrames, confidence);
  const totals = totalsOf(comparison);
  const table = { labels, cells: both };
  const ratio = estimateRatio(f1, z);
  // Boxes of one frame are no independent witnesses: the interval is as wide as if each frame had one.
  const perFrame = Math.max(1, totals.both / Math.max(1, f1.frames));
  return {
    comparison,
    totals,
    f1: ratio,
    beyond: ratio && beyondChance(ratio, comparison, z),
    kappa: cohenKappa(table, z * Math.sqrt(perFrame)),
    diversity: totals.both === 0 ? 0 : 1 - Math.max(0, ...marginals(table).first) / totals.both,
  };
}

function judgeShown(shown: Shown, policy: GatePolicy): [CheckAnswer['verdict'], string] {
  const { f1, beyond, comparison } = shown;
  const { minPairedFrames } = policy;
  const { minF1 } = policy.tasks.detection;
  const { frames } = comparison;
  if (frames < minPairedFrames) {
    return [
      'inconclusive',
      `${frames} of the ${minPairedFrames} frames needed have been seen by both versions`,
    ];
  }
  if (!f1 || f1.frames < MIN_FRAMES_WITH_BOXES) {
    const found = comparison.f1.frames;
    return [
      'inconclusive',
      `one of the two versions found something on ${found} of ${frames} frames, ${MIN_FRAMES_WITH_BOXES} are needed`,
    ];
  }
  const figures = describe(f1, shown);
  if (f1.upper < minF1) return ['fail', `${figures}: below ${minF1} they do different jobs`];
  if (beyond && beyond.upper < minF1 / 2) {
    return ['fail', `${figures}: hardly better than on frames that have nothing to do with each other`];
  }
  if (labelsDisagree(shown, policy)) return ['fail', `${figures}: they call the same things differently`];
  const isMoreThanChance = !beyond || beyond.lower > 0;
  if (f1.ratio >= minF1 && f1.lower >= minF1 / 2 && isMoreThanChance) return ['pass', figures];
  return ['inconclusive', `${figures}: too uncertain to say whether it reaches ${minF1}`];
}

/** Where hardly any box has another label, a kappa near 0 is no sign; there only most boxes together are. */
function labelsDisagree({ kappa, totals, diversity }: Shown, { minKappa }: GatePolicy): boolean {
  if (!kappa || totals.both < MIN_MATCHED_BOXES) return false;
  if (diversity >= MIN_DIVERSITY) return kappa.upper < minKappa;
  return kappa.upper * (1 - kappa.expected) + kappa.expected < 0.5;
}

function describe({ ratio, lower, upper, frames }: Ratio, { kappa, comparison, beyond }: Shown): string {
  const chance = beyond ? ` (chance gives ${beyond.chance.toFixed(2)})` : '';
  const f1 = `box F1 of the two versions is ${ratio.toFixed(2)} (${lower.toFixed(2)} to ${upper.toFixed(2)}) on ${frames} frames with boxes${chance}`;
  const labels =
    kappa === undefined ? '' : `; labels of what both found agree at kappa ${kappa.kappa.toFixed(2)}`;
  return `${f1}, ${describeBoxes(comparison)}${labels}`;
}
