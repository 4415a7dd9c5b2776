import {
  BundleDocument,
  err,
  goldenFor,
  ok,
  ORIGINAL_VARIANT,
  type BundleVariant,
  type GoldenSample,
  type DevicePolicy,
  type Result,
} from '@hamon/contracts';
import { InferenceError } from '../inference-error.js';
import { MAX_IMAGE_BYTES } from '../image/decode-image.js';
import { baselineOf } from './baseline.js';
import { readerOf, type ReadBundleFile } from './bundle-files.js';
import { checkNamedFiles } from './check-named-files.js';
import type { MeasuredCost } from './measure-budgets.js';
import { readBundle, type BundleProblem } from './read-bundle.js';
import { SYNTHETIC_IMAGES, syntheticImage } from './synthetic-images.js';
import { tryVariant, type Trial, type TrialOptions } from './try-variant.js';

/** A bundle that may be released. */
export interface ValidatedBundle {
  /** `bundle.json` with golden samples, expectations and baseline filled in. */
  readonly bundle: BundleDocument;
  /** Files that `bundle` names and the folder does not hold, by path; `bundle.json` itself is not among them. */
  readonly newFiles: ReadonlyMap<string, Uint8Array>;
  /** In the bundle's order. */
  readonly variants: readonly ValidatedVariant[];
}

/** What one variant cost on this machine. */
export interface ValidatedVariant extends MeasuredCost {
  readonly name: string;
  readonly modelBytes: number;
}

export interface ValidateOptions {
  readonly intraOpNumThreads?: number;
  readonly selfTest?: DevicePolicy['selfTest'];
  /** For all variants together; by default 60 s, and 60 s more for each variant. */
  readonly timeoutMs?: number;
  /** Resident memory that the process around a variant may take, in MiB; not looked at if left out. */
  readonly maxMemoryMb?: number;
  /**
   * `any` (if left out): of several variants one must keep the budgets here; which of the others a device can afford, its
   * own self-test and what was measured on its class decide. `none`: budgets are no matter of validity.
   */
  readonly budgets?: 'any' | 'none';
  readonly signal?: AbortSignal;
}

const DEFAULT_TIMEOUT_MS = 60_000;

type Found<T> = Promise<Result<T, BundleProblem>>;

/**
 * Tries a bundle folder as a device would, each variant in a child process of its own, and completes what may be left
 * out: golden images and expectations, the other variants' expectations, the baseline. Nothing is written.
 *
 * @returns the completed bundle, or the one reason why it cannot be released
 * @throws InferenceError `stopped` when the signal aborts
 */
export async function validateBundle(dir: string, options: ValidateOptions = {}): Found<ValidatedBundle> {
  const pushed = await readBundle(dir);
  if (!pushed.ok) return pushed;
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS * (1 + pushed.value.variants.length);
  const timeout = AbortSignal.timeout(timeoutMs);
  const trial: TrialOptions = {
    intraOpNumThreads: options.intraOpNumThreads ?? 1,
    selfTest: options.selfTest ?? { warmupRuns: 10, runs: 50 },
    maxMemoryMb: options.maxMemoryMb,
    signal: options.signal ? AbortSignal.any([options.signal, timeout]) : timeout,
  };
  try {
    return await validate(dir, pushed.value, trial, options.budgets ?? 'any');
  } catch (cause) {
    const timedOut = timeout.aborted && !options.signal?.aborted;
    if (!timedOut || !(cause instanceof InferenceError)) throw cause;
    return err({ code: 'worker-hung', detail: `the bundle was not validated within ${timeoutMs / 1000} s` });
  }
}

async function validate(
  dir: string,
  pushed: BundleDocument,
  options: TrialOptions,
  budgets: 'any' | 'none',
): Found<ValidatedBundle> {
  const lengths = await checkNamedFiles(dir, pushed);
  if (!lengths.ok) return lengths;

  const { bundle, newFiles } = await withGoldenImages(pushed);
  const read = overlay(newFiles, readerOf(dir, MAX_IMAGE_BYTES));
  const trials = new Map<string, Trial>();
  for (const variant of bundle.variants) {
    const samples = goldenFor(bundle, variant.name);
    const trial = await tryVariant(dir, bundle, variant, samples, read, options);
    if (!trial.ok) return trial;
    trials.set(variant.name, trial.value);
  }
  const breach = budgets === 'any' ? breachOfAll([...trials.values()]) : undefined;
  if (breach) return err(breach);
  const completed = withExpectations(bundle, trials);
  const baseline = completed.baseline ?? 'baseline.json';
  if (!completed.baseline) newFiles.set(baseline, jsonBytes(baselineFor(completed, trials)));
  return ok({
    bundle: BundleDocument.parse({ ...completed, baseline }),
    newFiles,
    variants: completed.variants.map(({ name, file }) => ({
      ...trialOf(trials, name).cost,
      name,
      modelBytes: lengths.value.get(file) ?? 0,
    })),
  });
}

/** Why no device like this machine can run the bundle, where none of its variants keeps the budgets. */
function breachOfAll(trials: readonly Trial[]): BundleProblem | undefined {
  const breaches = trials.flatMap(({ cost }) => cost.breach ?? []);
  return breaches.length === trials.length ? breaches[0] : undefined;
}

/** A bundle without golden images gets synthetic ones: they say little of accuracy, but do tell one file from another. */
async function withGoldenImages(
  bundle: BundleDocument,
): Promise<{ bundle: BundleDocument; newFiles: Map<string, Uint8Array> }> {
  // An empty list says as little as none.
  const variants: BundleVariant[] = bundle.variants.map(({ golden, ...rest }) =>
    golden?.length ? { ...rest, golden } : rest,
  );
  const lacking = variants.some(({ golden }) => !golden);
  const newFiles = new Map<string, Uint8Array>();
  let golden: GoldenSample[] = bundle.golden ?? [];
  if (lacking && golden.length === 0) {
    for (let i = 0; i < SYNTHETIC_IMAGES; i += 1) {
      newFiles.set(`golden/synthetic-${i}.png`, await syntheticImage(bundle.input, i));
    }
    golden = [...newFiles.keys()].map((file) => ({ file }));
  }
  return { bundle: { ...bundle, variants, ...(golden.length ? { golden } : {}) }, newFiles };
}

/** Puts each variant's samples where `goldenFor` finds them: the bundle's own list is the original's. */
function withExpectations(bundle: BundleDocument, trials: ReadonlyMap<string, Trial>): BundleDocument {
  const completed = { ...bundle };
  completed.variants = bundle.variants.map((variant) => {
    const golden = [...trialOf(trials, variant.name).golden];
    if (variant.name !== ORIGINAL_VARIANT || variant.golden) return { ...variant, golden };
    completed.golden = golden;
    return variant;
  });
  return completed;
}

function baselineFor(bundle: BundleDocument, trials: ReadonlyMap<string, Trial>): unknown {
  const original = trials.get(ORIGINAL_VARIANT) ?? trialOf(trials, bundle.variants[0]?.name ?? '');
  return baselineOf(bundle, original.runs);
}

function trialOf(trials: ReadonlyMap<string, Trial>, name: string): Trial {
  const trial = trials.get(name);
  if (!trial) throw new Error(`variant ${name} was not tried`);
  return trial;
}

const overlay =
  (files: ReadonlyMap<string, Uint8Array>, under: ReadBundleFile): ReadBundleFile =>
  async (path) => {
    const bytes = files.get(path);
    return bytes ? ok(bytes) : under(path);
  };

const jsonBytes = (value: unknown): Uint8Array => Buffer.from(`${JSON.stringify(value, null, 1)}\n`);
