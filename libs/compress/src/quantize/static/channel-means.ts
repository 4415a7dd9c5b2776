import { exposeTensors, type OnnxModel } from '@hamon/onnx';
import type { SampleSource } from '../../dataset/sample-source.js';
import { runSamples } from '../../dataset/run-samples.js';
import { TensorSession } from '../../runtime/tensor-session.js';
import type { TensorValue } from '../../runtime/tensor-value.js';

/** A tensor whose channels are to be averaged over samples and positions. */
export interface ChannelRequest {
  readonly tensor: string;
  /** `second`: `[batch, channels, …]` as Conv reads it; `last`: `[…, channels]` as Gemm and MatMul do. */
  readonly axis: 'second' | 'last';
}

/** Mean of each channel of each tensor, over all samples and positions. */
export async function channelMeans(
  model: OnnxModel,
  source: SampleSource,
  requests: readonly ChannelRequest[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, Float64Array>> {
  const sums = new Map<string, { sum: Float64Array; count: number }>();
  const add = ({ tensor, axis }: ChannelRequest, value: TensorValue): void => {
    const { dims, data } = value;
    const channels = (axis === 'second' ? dims[1] : dims.at(-1)) ?? 1;
    const stride = axis === 'second' ? dims.slice(2).reduce((a, b) => a * b, 1) : 1;
    const entry = sums.get(tensor) ?? { sum: new Float64Array(channels), count: 0 };
    for (let i = 0; i < data.length; i += 1) {
      const channel = Math.floor(i / stride) % channels;
      entry.sum[channel] = (entry.sum[channel] as number) + (data[i] as number);
    }
    entry.count += data.length / channels;
    sums.set(tensor, entry);
  };
  const inner = requests.filter(({ tensor }) => !model.graph.isInput(tensor));
  const names = [...new Set(inner.map(({ tensor }) => tensor))];
  const session = await TensorSession.open(exposeTensors(model, names), { signal });
  try {
    const fetches = names.length > 0 ? names : undefined;
    for await (const { index, outputs } of runSamples(session, source, fetches)) {
      for (const request of requests) {
        const value = model.graph.isInput(request.tensor)
          ? { dims: source.dims, data: await source.batch(index) }
          : outputs[request.tensor];
        if (value !== undefined) add(request, value);
      }
    }
  } finally {
    await session.close();
  }
  return new Map([...sums].map(([name, { sum, count }]) => [name, sum.map((value) => value / count)]));
}
