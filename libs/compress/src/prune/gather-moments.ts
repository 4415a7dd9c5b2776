import type { OnnxModel } from '@hamon/onnx';
import { CompressError } from '../errors.js';
import type { SampleSource } from '../dataset/sample-source.js';
import { TensorSession } from '../runtime/tensor-session.js';
import { sizeOf } from '../runtime/tensor-value.js';
import { momentModel, momentOutput, WEIGHTS_INPUT, type MomentRequest } from './moment-model.js';
import type { Moments } from './moments.js';

/** Samples with what each counts, and how they are run. */
export interface WeightedSamples {
  readonly source: SampleSource;
  /** One per sample, with a mean of 1. */
  readonly weights: Float64Array;
  /** Samples per run: see `batchLength`. */
  readonly batch: number;
  readonly signal: AbortSignal | undefined;
}

/** Numbers that one run may hand out; more requests than fit are answered in several rounds over the samples. */
const MAX_NUMBERS = 4_000_000;

/** The moments that each request asks for, over all samples; at most one batch of activations is in memory, in the child. */
export async function gatherMoments(
  original: OnnxModel,
  current: OnnxModel,
  requests: readonly MomentRequest[],
  samples: WeightedSamples,
): Promise<readonly Moments[]> {
  const gathered: Moments[] = [];
  for (let from = 0; from < requests.length;) {
    let [to, numbers] = [from, 0];
    while (to < requests.length && (to === from || numbers + widthOf(requests[to]) ** 2 <= MAX_NUMBERS)) {
      numbers += widthOf(requests[to]) ** 2;
      to += 1;
    }
    gathered.push(...(await gatherRound(original, current, requests.slice(from, to), samples)));
    from = to;
  }
  return gathered;
}

async function gatherRound(
  original: OnnxModel,
  current: OnnxModel,
  requests: readonly MomentRequest[],
  { source, weights, batch, signal }: WeightedSamples,
): Promise<Moments[]> {
  const moments = requests.map((request) => ({
    features: request.features,
    targets: request.targetChannels.length,
    sums: new Float64Array(widthOf(request) ** 2),
  }));
  const session = await TensorSession.open(momentModel(original, current, requests), { signal });
  const running: Promise<void>[] = [];
  try {
    for (let from = 0; from < source.count; from += batch) {
      const feeds = await feedBatch(source, weights, from, Math.min(batch, source.count - from));
      // One run computes while the next batch is decoded.
      if (running.length > 1) await running.shift();
      running.push(
        session.run(feeds).then((outputs) => {
          moments.forEach(({ sums }, index) => addTo(sums, outputs[momentOutput(index)]?.data));
        }),
      );
    }
    await Promise.all(running);
  } finally {
    await Promise.allSettled(running);
    await session.close();
  }
  return moments;
}

async function feedBatch(source: SampleSource, weights: Float64Array, from: number, count: number) {
  const length = sizeOf(source.dims);
  const data = new Float32Array(count * length);
  for (let at = 0; at < count; at += 1) data.set(await source.batch(from + at), at * length);
  const roots = Float32Array.from({ length: count }, (_, at) => Math.sqrt(weights[from + at] as number));
  return {
    [source.input]: { dims: [count, ...source.dims.slice(1)], data },
    [WEIGHTS_INPUT]: { dims: [count, 1, 1], data: roots },
  };
}

function addTo(sums: Float64Array, values: Float32Array | undefined): void {
  if (values?.length !== sums.length)
    throw new CompressError('run-failed', 'the runtime gave moments of another size than was asked for');
  for (let i = 0; i < sums.length; i += 1) sums[i] = (sums[i] as number) + (values[i] as number);
}

function widthOf(request: MomentRequest | undefined): number {
  return request === undefined ? 0 : request.features + request.targetChannels.length + 1;
}
