import { join } from 'node:path';
import {
  err,
  ok,
  ORIGINAL_VARIANT,
  type BundleDocument,
  type BundleVariant,
  type DevicePolicy,
  type GoldenSample,
  type Result,
} from '@hamon/contracts';
import { InferenceHost } from '../host/inference-host.js';
import type { ReadBundleFile } from './bundle-files.js';
import { topIndex } from './classify.js';
import { measureBudgets, type MeasuredCost } from './measure-budgets.js';
import { problemOf } from './problem-of.js';
import type { BundleProblem } from './read-bundle.js';
import { runGolden, type GoldenRun } from './run-golden.js';
import { syntheticPixels } from './synthetic-images.js';

export interface TrialOptions {
  readonly intraOpNumThreads: number;
  readonly selfTest: DevicePolicy['selfTest'];
  readonly maxMemoryMb: number | undefined;
  readonly signal: AbortSignal;
}

/** What one variant showed in a child process of its own. */
export interface Trial {
  readonly cost: MeasuredCost;
  readonly answers: readonly Float32Array[];
  /** The samples with an expectation each: the given one, or the answer itself. */
  readonly golden: readonly GoldenSample[];
}

const HANG_MS = 20_000;
/** A single probability of the same file on other hardware; quantised models round, and saturate, more differently. */
const TOLERANCE = { original: 0.02, other: 0.05 };
/** Float error around 0 and 1 that is no sign of a missing activation. */
const PROBABILITY_SLACK = 1e-3;

/** Loads a variant, runs the golden samples and measures it. */
export async function tryVariant(
  dir: string,
  bundle: BundleDocument,
  variant: BundleVariant,
  samples: readonly GoldenSample[],
  read: ReadBundleFile,
  options: TrialOptions,
): Promise<Result<Trial, BundleProblem>> {
  const { selfTest, signal } = options;
  let host: InferenceHost;
  try {
    host = await startHost(dir, bundle, variant, options);
  } catch (cause) {
    return err(named(variant, problemOf(cause)));
  }
  const stop = (): void => void host.stop();
  signal.addEventListener('abort', stop);
  try {
    const runs = await runGolden(host, bundle, samples, read);
    if (!runs.ok) return err(named(variant, runs.error));
    const unusable = outsideOfUnit(runs.value, bundle);
    if (unusable) return err(named(variant, unusable));
    const cost = await measureBudgets(host, syntheticPixels(bundle.input, 0), selfTest, bundle.budgets);
    if (!cost.ok) return err(named(variant, cost.error));
    return ok({
      cost: withName(variant, cost.value),
      answers: runs.value.map(({ probabilities }) => probabilities),
      golden: runs.value.map((run) => withExpectation(run, bundle, variant)),
    });
  } finally {
    signal.removeEventListener('abort', stop);
    await host.stop();
  }
}

const startHost = (
  dir: string,
  { input, output }: BundleDocument,
  { file }: BundleVariant,
  { intraOpNumThreads, maxMemoryMb, signal }: TrialOptions,
): Promise<InferenceHost> =>
  InferenceHost.start({
    modelPath: join(dir, file),
    input,
    output,
    intraOpNumThreads,
    hangMs: HANG_MS,
    loadTimeoutMs: 60_000,
    maxMemoryMb,
    signal,
  });

/** Confidence thresholds and histograms mean nothing over raw scores. */
function outsideOfUnit(runs: readonly GoldenRun[], { output }: BundleDocument): BundleProblem | undefined {
  const all = runs.flatMap(({ probabilities }) => Array.from(probabilities));
  const outside = all.find((value) => value < -PROBABILITY_SLACK || value > 1 + PROBABILITY_SLACK);
  if (outside === undefined) return undefined;
  return {
    code: 'bundle-invalid',
    detail: `output.activation is "${output.activation}" and output "${output.name}" gives ${outside.toFixed(3)}, which is no probability: name the activation that is missing`,
  };
}

function withExpectation(
  { sample, probabilities }: GoldenRun,
  bundle: BundleDocument,
  variant: BundleVariant,
): GoldenSample {
  if (sample.expect) return sample;
  return {
    file: sample.file,
    expect: {
      label: bundle.output.labels[topIndex(probabilities)] ?? '',
      probabilities: Array.from(probabilities, (value) => Number(value.toFixed(6))),
      tolerance: variant.name === ORIGINAL_VARIANT ? TOLERANCE.original : TOLERANCE.other,
    },
  };
}

function withName(variant: BundleVariant, { breach, ...cost }: MeasuredCost): MeasuredCost {
  return breach === undefined ? cost : { ...cost, breach: named(variant, breach) };
}

const named = ({ name }: BundleVariant, { code, detail }: BundleProblem): BundleProblem => ({
  code,
  detail: `variant ${name}: ${detail}`.slice(0, 500),
});
