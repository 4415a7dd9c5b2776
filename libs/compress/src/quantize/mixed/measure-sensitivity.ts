import { drawSamples } from '../../dataset/split-source.js';
import { inPairs } from '../static/in-pairs.js';
import { buildQuantized, planOf, sourceNameOf } from '../static/quantization-study.js';
import type { QuantizedForm } from '../static/quantized-form.js';

/** What quantizing one layer alone does to the model's outputs on held-out calibration samples. */
export interface LayerSensitivity {
  /** Name in the source model. */
  readonly layer: string;
  /** First output of the layer in the prepared model. */
  readonly output: string;
  /** See `OutputDistance`. */
  readonly distance: number;
}

/** Many layers are measured, and their order needs less evidence than the final choice. */
const SAMPLES = 64;

/** Each layer that the form holds in integers, alone in integers; most sensitive first. */
export async function measureSensitivity(
  { study, plan, settings }: QuantizedForm,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<readonly LayerSensitivity[]> {
  const few = study.comparison.on(drawSamples(study.comparison.samples, SAMPLES, 1));
  await few.fidelityOfOriginal();
  let done = 0;
  const found = await inPairs(plan.layers, async (output) => {
    const layers = new Set(plan.layers);
    layers.delete(output);
    const alone = planOf(study, (node) => layers.has(node.outputs[0] ?? ''));
    const { distance } = await few.fidelityOf(await buildQuantized(study, alone, settings));
    onProgress((done += 1), plan.layers.length);
    return { layer: sourceNameOf(study, output), output, distance };
  });
  return found.sort((a, b) => b.distance - a.distance);
}
