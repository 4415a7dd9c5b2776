import { activate } from '@hamon/tasks';
import type { OnnxModel } from '@hamon/onnx';
import { CompressError } from '../errors.js';
import { TensorSession, type TensorSessionOptions } from '../runtime/tensor-session.js';
import type { TensorValue } from '../runtime/tensor-value.js';
import { feedsOf, type SampleSource } from './sample-source.js';

export interface SampleOutcome {
  readonly index: number;
  readonly outputs: Readonly<Record<string, TensorValue>>;
}

/** Runs in the child or waiting for it: while one is computed, the next is decoded and the last one digested. */
const IN_FLIGHT = 2;

/**
 * Runs a model on every sample and hands out the outputs one sample at a time, in order; never more than three samples'
 * outputs are in memory.
 * @param fetches names of outputs; all if left out
 */
export async function* runSamples(
  session: TensorSession,
  source: SampleSource,
  fetches?: readonly string[],
): AsyncGenerator<SampleOutcome> {
  const running: Promise<SampleOutcome>[] = [];
  let next = 0;
  const start = async (index: number): Promise<SampleOutcome> => {
    const feeds = await feedsOf(source, index);
    return { index, outputs: await session.run(feeds, fetches) };
  };
  try {
    while (next < source.count || running.length > 0) {
      while (next < source.count && running.length < IN_FLIGHT) {
        running.push(start(next));
        next += 1;
      }
      const first = running.shift();
      if (first !== undefined) yield await first;
    }
  } finally {
    // A caller that leaves early must not leave a rejection unhandled.
    await Promise.allSettled(running);
  }
}

/**
 * The answer to each sample where the source says that it is read, after its activation; for small outputs only (class
 * scores).
 */
export async function outputsOf(
  session: TensorSession,
  source: SampleSource,
): Promise<readonly Float32Array[]> {
  const { name: output, activation = 'none' } = source.answer ?? { name: session.outputs[0]?.name ?? '' };
  const values: Float32Array[] = [];
  for await (const { outputs } of runSamples(session, source, [output])) {
    const value = outputs[output];
    if (value === undefined) throw new CompressError('run-failed', `the model has no output "${output}"`);
    // A copy: the value is a view into its whole answer.
    const answer = value.data.slice();
    activate(answer, activation);
    values.push(answer);
  }
  return values;
}

/** {@link outputsOf} a model in a process of its own, which ends with it. */
export async function outputsOfModel(
  model: OnnxModel,
  source: SampleSource,
  options: TensorSessionOptions,
): Promise<readonly Float32Array[]> {
  const session = await TensorSession.open(model, options);
  try {
    return await outputsOf(session, source);
  } finally {
    await session.close();
  }
}
