import type { NamedTensor, Tensors } from '@hamon/tasks';
import type { OnnxModel } from '@hamon/onnx';
import { CompressError } from '../errors.js';
import { TensorSession, type TensorSessionOptions } from '../runtime/tensor-session.js';
import { bytesOf } from '../judge/yardstick.js';
import type { Outputs, TensorValue } from '../runtime/tensor-value.js';
import { pickSamples } from './split-source.js';
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

/** What counts of each run, in arrays of their own; see {@link Yardstick}. */
export async function* countedOutputs(session: TensorSession, source: SampleSource): AsyncGenerator<Tensors> {
  const names = source.yardstick?.outputs ?? floatOutputs(session);
  for (const name of names)
    if (!session.outputs.some((output) => output.name === name))
      throw new CompressError('run-failed', `the model has no output "${name}"`);
  const types = new Map(session.outputs.map(({ name, type }) => [name, type]));
  for await (const { outputs } of runSamples(session, source, names))
    yield new Map(
      names.flatMap((name) => {
        const value = outputs[name];
        return value === undefined ? [] : [[name, asTensor(value, types.get(name) ?? '')]];
      }),
    );
}

/** Indices and class numbers jump where scores are equal but for a rounding; the scores beside them tell how far off they are. */
function floatOutputs({ outputs }: TensorSession): readonly string[] {
  const floats = outputs.filter(({ type }) => type.startsWith('float') || type.startsWith('double'));
  return (floats.length > 0 ? floats : outputs).map(({ name }) => name);
}

/** As a device's inference process hands it out. A copy: what came over the pipe is a view into the whole answer. */
function asTensor({ dims, data }: TensorValue, type: string): NamedTensor {
  if (type === 'bool' || type === 'uint8') return { dims, data: Uint8Array.from(data) };
  if (/^u?int\d+$/.test(type)) return { dims, data: Int32Array.from(data) };
  return { dims, data: data.slice() };
}

/** Outputs of the first samples, as many as there is room for. */
export interface RecordedOutputs<Source extends SampleSource> {
  readonly samples: Source;
  readonly outputs: readonly Tensors[];
}

/** Outputs of one model that are kept; a large detector's take some megabytes for each sample. */
const MAX_RECORDED_BYTES = 128 * 1024 * 1024;

/** Runs a model, in a process of its own that ends with it, and keeps the {@link countedOutputs}. */
export async function recordOutputs<Source extends SampleSource>(
  model: OnnxModel,
  source: Source,
  options: TensorSessionOptions,
): Promise<RecordedOutputs<Source>> {
  const outputs: Tensors[] = [];
  let free = MAX_RECORDED_BYTES;
  const session = await TensorSession.open(model, options);
  try {
    for await (const tensors of countedOutputs(session, source)) {
      outputs.push(tensors);
      free -= bytesOf(tensors);
      if (free <= 0) break;
    }
  } finally {
    await session.close();
  }
  const indices = outputs.map((_, index) => index);
  return { samples: outputs.length === source.count ? source : pickSamples(source, indices), outputs };
}

/** The first of the {@link countedOutputs}, all in memory: for small outputs only (class scores). */
export async function outputsOf(
  session: TensorSession,
  source: SampleSource,
): Promise<readonly Float32Array[]> {
  const values: Float32Array[] = [];
  for await (const outputs of countedOutputs(session, source)) {
    const [first] = outputs.values();
    if (first === undefined) throw new CompressError('run-failed', 'the model has no output');
    values.push(Float32Array.from(first.data));
  }
  return values;
}
