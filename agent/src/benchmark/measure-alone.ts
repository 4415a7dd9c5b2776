import { goldenFor, type BenchmarkReason, type BundleDocument } from '@hamon/contracts';
import {
  decodeImage,
  InferenceError,
  type InferenceHost,
  MAX_IMAGE_BYTES,
  readerOf,
  runGolden,
  syntheticPixels,
} from '@hamon/inference';
import { median } from '@hamon/stats';
import { taskNamed } from '@hamon/tasks';

import { sizeOf, type FrameInput } from '../data/decoded-frame.js';
import { benchmarkReason, isWorthRepeating } from './benchmark-reason.js';
import type { IdleRuns } from './idle-runs.js';
import { openHost, type OpenOptions } from './open-host.js';
import type { Subject } from './subject.js';

/** What a variant showed in a process with nothing else in it. */
export interface AloneFigures {
  readonly loadMs: number;
  readonly rssMb: number;
  /** A rough figure for planning. */
  readonly runMs: number;
  /** What it was run on: the golden images, or synthetic ones where there are none. */
  readonly inputs: readonly FrameInput[];
}

export type AloneOutcome = { readonly figures: AloneFigures } | { readonly unfit: BenchmarkReason };

const MAX_INPUTS = 16;
/** Enough for the runtime's arenas to have their full size. */
const RUNS = 20;

/**
 * Loads a variant, checks it on its golden samples, and measures its memory.
 *
 * @throws InferenceError `worker-crashed`, `worker-hung`: those say nothing of the variant yet; the signal's reason
 */
export async function measureAlone(
  subject: Subject,
  runs: IdleRuns,
  options: OpenOptions,
  childMb: number,
): Promise<AloneOutcome> {
  try {
    const host = await openHost(subject, options, childMb);
    try {
      const { document, variant, folder } = subject;
      const samples = goldenFor(document, variant);
      const read = readerOf(folder, MAX_IMAGE_BYTES);
      const golden = await runGolden(runs.on(host), document, samples, read);
      if (!golden.ok)
        throw new InferenceError(golden.error.code as InferenceError['code'], golden.error.detail);
      const inputs: FrameInput[] = [];
      for (const { file } of samples.slice(0, MAX_INPUTS)) {
        const image = await read(file);
        if (!image.ok) continue;
        const { pixels, frame } = await decodeImage(image.value, document.input);
        inputs.push({ data: pixels, frame });
      }
      if (inputs.length === 0)
        inputs.push({ data: syntheticPixels(document.input, 0), frame: sizeOf(document.input) });
      await checkAnswers(host, document, inputs, runs);
      const times = await runs.block(
        host,
        inputs.map(({ data }) => data),
        { runs: RUNS, warmupRuns: 2 },
      );
      const { peakRssMb } = await host.memory();
      return { figures: { loadMs: host.model.loadMs, rssMb: peakRssMb, runMs: median(times), inputs } };
    } finally {
      await host.stop();
    }
  } catch (cause) {
    if (options.signal.aborted) throw options.signal.reason;
    const unfit = cause instanceof InferenceError ? benchmarkReason(cause) : undefined;
    if (!unfit || isWorthRepeating(unfit)) throw cause;
    return { unfit };
  }
}

/** Whatever it is run on: what a variant says must be an answer. */
async function checkAnswers(
  host: InferenceHost,
  { task, input, output }: BundleDocument,
  inputs: readonly FrameInput[],
  runs: IdleRuns,
): Promise<void> {
  const decode = taskNamed(task).decoder(output, input);
  for (const { data, frame } of inputs) {
    const answer = decode((await runs.run(host, data)).tensors, frame);
    if (!answer.ok) throw new InferenceError(answer.error.code, answer.error.detail);
  }
}
