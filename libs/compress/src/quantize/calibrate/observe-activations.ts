import { exposeTensors, type OnnxModel } from '@hamon/onnx';
import { CompressError } from '../../errors.js';
import type { SampleSource } from '../../dataset/sample-source.js';
import { runSamples } from '../../dataset/run-samples.js';
import { TensorSession } from '../../runtime/tensor-session.js';
import { Histogram } from './histogram.js';

/**
 * Runs the float model over calibration samples and counts the values of inner tensors. One sample's tensors are in memory
 * at a time.
 * @param tensors names of tensors that nodes make, or of graph inputs
 * @throws CompressError `run-failed` naming a tensor that becomes NaN or infinite, and as {@link TensorSession} does
 */
export async function observeActivations(
  model: OnnxModel,
  source: SampleSource,
  tensors: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, Histogram>> {
  const { graph } = model;
  const inner = tensors.filter((name) => !graph.isInput(name));
  const histograms = new Map(tensors.map((name) => [name, new Histogram()]));
  const count = (name: string, values: Float32Array, index: number): void => {
    if (histograms.get(name)?.add(values) === false)
      throw new CompressError(
        'run-failed',
        `tensor "${name}" becomes NaN or infinite on calibration sample ${index}`,
      );
  };
  const session = await TensorSession.open(exposeTensors(model, inner), { signal });
  try {
    // An output is fetched even where nothing inside is looked at, so that every sample is run once.
    const fetches = inner.length > 0 ? inner : graph.outputs.slice(0, 1).map(({ name }) => name);
    for await (const { index, outputs } of runSamples(session, source, fetches)) {
      for (const name of inner) {
        const value = outputs[name];
        if (value !== undefined) count(name, value.data, index);
      }
      if (histograms.has(source.input)) count(source.input, await source.batch(index), index);
    }
  } finally {
    await session.close();
  }
  return histograms;
}
