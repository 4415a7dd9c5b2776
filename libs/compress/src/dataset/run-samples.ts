import { activate } from '@hamon/tasks';
import type { OnnxModel } from '@hamon/onnx';
import { CompressError } from '../errors.js';
import { TensorSession, type TensorSessionOptions } from '../runtime/tensor-session.js';
import type { Outputs } from '../runtime/tensor-value.js';
import { feedsOf, type SampleSource } from './sample-source.js';

export interface SampleOutcome {
  readonly index: number;
  readonly outputs: Outputs;
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
 * What counts of a run: the answer after its activation where the source says which output that is, else every output that
 * is not of whole numbers.
 */
export async function* countedOutputs(session: TensorSession, source: SampleSource): AsyncGenerator<Outputs> {
  const { answer } = source;
  const fetches = answer === undefined ? floatOutputs(session) : [answer.name];
  for await (const { outputs } of runSamples(session, source, fetches)) {
    if (answer === undefined) {
      yield outputs;
      continue;
    }
    const value = outputs[answer.name];
    if (value === undefined)
      throw new CompressError('run-failed', `the model has no output "${answer.name}"`);
    // A copy: the value is a view into its whole answer.
    const data = value.data.slice();
    activate(data, answer.activation);
    yield { [answer.name]: { dims: value.dims, data } };
  }
}

/** Indices and class numbers jump where scores are equal but for a rounding; the scores beside them tell how far off they are. */
function floatOutputs({ outputs }: TensorSession): readonly string[] {
  const floats = outputs.filter(({ type }) => type.startsWith('float') || type.startsWith('double'));
  return (floats.length > 0 ? floats : outputs).map(({ name }) => name);
}

/** The first of the {@link countedOutputs}, all in memory: for small outputs only (class scores). */
export async function outputsOf(
  session: TensorSession,
  source: SampleSource,
): Promise<readonly Float32Array[]> {
  const values: Float32Array[] = [];
  for await (const outputs of countedOutputs(session, source)) {
    const [first] = Object.values(outputs);
    if (first === undefined) throw new CompressError('run-failed', 'the model has no output');
    values.push(first.data);
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
