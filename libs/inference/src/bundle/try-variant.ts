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
import { taskNamed } from '@hamon/tasks';
import type { InferenceHost } from '../host/inference-host.js';
import type { ReadBundleFile } from './bundle-files.js';
import { measureBudgets, type MeasuredCost } from './measure-budgets.js';
import { openModel } from './open-model.js';
import { problemOf } from './problem-of.js';
import type { BundleProblem } from './read-bundle.js';
import { runGolden, type GoldenRun } from './run-golden.js';

export interface TrialOptions {
  readonly intraOpNumThreads: number;
  readonly selfTest: DevicePolicy['selfTest'];
  readonly maxMemoryMb: number | undefined;
  readonly signal: AbortSignal;
}

/** What one variant showed in a child process of its own. */
export interface Trial {
  readonly cost: MeasuredCost;
  readonly runs: readonly GoldenRun[];
  /** The samples with an expectation each: the given one, or the answer itself. */
  readonly golden: readonly GoldenSample[];
}

const HANG_MS = 20_000;

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
    const answers = runs.value.map(({ answer }) => answer);
    const implausible = taskNamed(bundle.task).golden.implausible(answers, bundle.output);
    if (implausible !== undefined) {
      return err(named(variant, { code: 'bundle-invalid', detail: implausible }));
    }
    const cost = await measureBudgets(host, bundle, selfTest);
    if (!cost.ok) return err(named(variant, cost.error));
    return ok({
      cost: withName(variant, cost.value),
      runs: runs.value,
      golden: runs.value.map((run) => withExpectation(run, bundle, variant)),
    });
  } finally {
    signal.removeEventListener('abort', stop);
    await host.stop();
  }
}

const startHost = (
  dir: string,
  bundle: BundleDocument,
  { file }: BundleVariant,
  { intraOpNumThreads, maxMemoryMb, signal }: TrialOptions,
): Promise<InferenceHost> =>
  openModel(bundle, {
    modelPath: join(dir, file),
    intraOpNumThreads,
    hangMs: HANG_MS,
    loadTimeoutMs: 60_000,
    maxMemoryMb,
    signal,
  });

function withExpectation(
  { sample, answer }: GoldenRun,
  { task, output }: BundleDocument,
  variant: BundleVariant,
): GoldenSample {
  if (sample.expect) return sample;
  const kind = variant.name === ORIGINAL_VARIANT ? 'original' : 'other';
  return { file: sample.file, expect: taskNamed(task).golden.expectationOf(answer, output, kind) };
}

function withName(variant: BundleVariant, { breach, ...cost }: MeasuredCost): MeasuredCost {
  return breach === undefined ? cost : { ...cost, breach: named(variant, breach) };
}

const named = ({ name }: BundleVariant, { code, detail }: BundleProblem): BundleProblem => ({
  code,
  detail: `variant ${name}: ${detail}`.slice(0, 500),
});
