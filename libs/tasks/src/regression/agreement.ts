import type { GatePolicy, RegressionComparison, ValueComparison } from '@hamon/contracts';
import { anytimeMultiplier, concordance, type Concordance } from '@hamon/stats';
import type { CheckAnswer, TaskCheck } from '../task.js';
import { hardlyVaries, scaleOf } from './spread.js';

/** Of a value's scale: versions that lie further apart than this tell different values, however little these vary. */
const LARGE_BIAS = 0.2;

interface Judged {
  readonly verdict: CheckAnswer['verdict'];
  readonly detail: string;
  readonly found: Concordance | undefined;
}

/**
 * Do the two versions still measure the same? Judged by Lin's concordance, which falls by what scatters and by what is
 * shifted or stretched; the worst value decides. It fails where that is certainly below the limit. Where the former version's
 * values hardly vary, its own noise is all there is to agree on: there only a bias that is certainly large fails. It passes
 * where the limit is reached and half of it is for certain.
 */
export const agreement: TaskCheck<'regression'> = {
  name: 'agreement',
  judge: (comparison, policy) => {
    const { verdict, detail, found } = judgeWorst(comparison, policy);
    return {
      verdict,
      detail,
      figures: {
        concordance: found?.value ?? null,
        lower: found?.lower ?? null,
        upper: found?.upper ?? null,
        bias: found?.bias ?? null,
        limit: policy.tasks.regression.minConcordance,
        frames: comparison.frames,
      },
    };
  },
};

const ORDER: readonly CheckAnswer['verdict'][] = ['fail', 'inconclusive', 'pass'];

function judgeWorst({ frames, values }: RegressionComparison, policy: GatePolicy): Judged {
  if (frames < policy.minPairedFrames || values.length === 0) {
    const detail = `${frames} of the ${policy.minPairedFrames} frames needed have been seen by both versions`;
    return { verdict: 'inconclusive', detail, found: undefined };
  }
  const judged = values.map((value) => judgeValue(value, policy));
  const valueOf = ({ found }: Judged): number => found?.value ?? -Infinity;
  const [worst] = judged.sort(
    (a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict) || valueOf(a) - valueOf(b),
  );
  return worst as Judged;
}

function judgeValue(value: ValueComparison, policy: GatePolicy): Judged {
  const { minPairedFrames, confidence, tasks } = policy;
  const { minConcordance } = tasks.regression;
  const z = anytimeMultiplier(Math.max(1, value.count), minPairedFrames, confidence);
  const found = concordance(value, z);
  if (!found) {
    const detail = `both versions told one and the same "${value.name}" on all ${value.count} frames, which shows nothing`;
    return { verdict: 'inconclusive', detail, found };
  }
  const figures = describe(value, found);
  if (hardlyVaries(value)) {
    if (Math.abs(found.bias) - z * found.biasError > LARGE_BIAS * scaleOf(value)) {
      return { verdict: 'fail', detail: `${figures}: they tell different values`, found };
    }
  } else if (found.upper < minConcordance) {
    return { verdict: 'fail', detail: `${figures}: below ${minConcordance} they do different jobs`, found };
  }
  if (found.value >= minConcordance && found.lower >= minConcordance / 2) {
    return { verdict: 'pass', detail: figures, found };
  }
  const why = hardlyVaries(value)
    ? 'the values hardly vary, which shows little'
    : `too uncertain to say whether it reaches ${minConcordance}`;
  return { verdict: 'inconclusive', detail: `${figures}: ${why}`, found };
}

function describe({ name, count }: ValueComparison, { value, lower, upper, bias }: Concordance): string {
  const interval = `${value.toFixed(2)} (${lower.toFixed(2)} to ${upper.toFixed(2)})`;
  return `concordance of "${name}" ${interval} on ${count} frames, bias ${signed(bias)}`;
}

const signed = (bias: number): string => `${bias > 0 ? '+' : ''}${Number(bias.toPrecision(3))}`;
