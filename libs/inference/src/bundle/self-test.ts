import { err, goldenFor, ok, type BundleDocument, type DevicePolicy, type Result } from '@hamon/contracts';
import type { InferenceHost } from '../host/inference-host.js';
import { MAX_IMAGE_BYTES } from '../image/decode-image.js';
import { readerOf } from './bundle-files.js';
import { measureBudgets, type MeasuredCost } from './measure-budgets.js';
import type { BundleProblem } from './read-bundle.js';
import { runGolden } from './run-golden.js';

/** What a loaded model showed before its activation. */
export interface SelfTestReport extends MeasuredCost {
  /** Golden samples that were run, and how many of them carry an expectation. */
  readonly samples: number;
  readonly expectations: number;
}

/**
 * Golden samples first, then warm-up and at least 50 timed runs against the bundle's budgets.
 *
 * @param bundleDir - the assembled bundle, whose golden images are decoded here as a source's images would be
 * @returns the report, or why the model must not be activated: `golden-mismatch`, `output-not-finite`, `latency-budget`
 * (measured twice), `memory-budget`, `labels-mismatch`, `bundle-invalid`, `model-unloadable`, `worker-crashed`, `worker-hung`
 * @throws InferenceError `stopped` where the host was stopped meanwhile
 */
export async function selfTest(
  host: InferenceHost,
  bundleDir: string,
  bundle: BundleDocument,
  variant: string,
  policy: Pick<DevicePolicy, 'selfTest'>,
): Promise<Result<SelfTestReport, BundleProblem>> {
  const samples = goldenFor(bundle, variant);
  const golden = await runGolden(host, bundle, samples, readerOf(bundleDir, MAX_IMAGE_BYTES));
  if (!golden.ok) return err(golden.error);
  const cost = await measureBudgets(host, bundle, policy.selfTest);
  if (!cost.ok) return cost;
  if (cost.value.breach !== undefined) return err(cost.value.breach);
  return ok({
    ...cost.value,
    samples: samples.length,
    expectations: samples.filter(({ expect }) => expect).length,
  });
}
