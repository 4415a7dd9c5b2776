import {
  err,
  ok,
  type BundleDocument,
  type Expectation,
  type GoldenSample,
  type Result,
} from '@hamon/contracts';
import type { InferenceHost } from '../host/inference-host.js';
import { decodeImage } from '../image/decode-image.js';
import type { ReadBundleFile } from './bundle-files.js';
import { topIndex } from './classify.js';
import { problemOf } from './problem-of.js';
import type { BundleProblem } from './read-bundle.js';

/** One golden sample and what the model says to it. */
export interface GoldenRun {
  readonly sample: GoldenSample;
  readonly probabilities: Float32Array;
}

/** Runs golden samples one by one; the first that breaks its expectation ends it. */
export async function runGolden(
  host: Pick<InferenceHost, 'run'>,
  bundle: BundleDocument,
  samples: readonly GoldenSample[],
  read: ReadBundleFile,
): Promise<Result<readonly GoldenRun[], BundleProblem>> {
  const runs: GoldenRun[] = [];
  for (const sample of samples) {
    const image = await read(sample.file);
    if (!image.ok) return image;
    try {
      const { probabilities } = await host.run(await decodeImage(image.value, bundle.input));
      const broken = sample.expect && brokenExpectation(probabilities, sample.expect, bundle.output.labels);
      if (broken) return err({ code: 'golden-mismatch', detail: `${sample.file}: ${broken}` });
      runs.push({ sample, probabilities });
    } catch (cause) {
      const problem = problemOf(cause);
      return err({ ...problem, detail: `${sample.file}: ${problem.detail}`.slice(0, 500) });
    }
  }
  return ok(runs);
}

/** What differs from the expectation, or undefined. Two labels closer than the tolerance may change places. */
export function brokenExpectation(
  probabilities: ArrayLike<number>,
  { label, probabilities: expected, tolerance }: Expectation,
  labels: readonly string[],
): string | undefined {
  const top = topIndex(probabilities);
  const wanted = labels.indexOf(label);
  const lead = (probabilities[top] ?? NaN) - (probabilities[wanted] ?? NaN);
  if (!(lead <= 2 * tolerance)) {
    return `label "${labels[top] ?? '?'}" (${format(probabilities[top])}), expected "${label}"`;
  }
  for (const [i, value] of expected.entries()) {
    const actual = probabilities[i] ?? NaN;
    if (!(Math.abs(actual - value) <= tolerance)) {
      return `"${labels[i] ?? i}" is ${format(actual)}, expected ${format(value)} ± ${tolerance}`;
    }
  }
  return undefined;
}

const format = (value: number | undefined): string => (value ?? NaN).toFixed(4);
