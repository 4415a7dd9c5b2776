import type { Candidate } from '../static/quantize-static.js';
import { inPairs } from '../static/in-pairs.js';
import { drawSamples } from '../../dataset/split-source.js';

/** What quantizing one layer alone does to the model's outputs on held-out calibration samples. */
export interface LayerSensitivity {
  /** Name in the source model. */
  readonly layer: string;
  /** First output of the layer in the prepared model. */
  readonly output: string;
  /** See {@link outputDistance}. */
  readonly distance: number;
}

/** Many layers are measured, and their order needs less evidence than the final judgement. */
const SAMPLES = 64;

/** Each layer that the candidate holds in integers, alone in integers; most sensitive first. */
export async function measureSensitivity(
  candidate: Candidate,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<readonly LayerSensitivity[]> {
  const { study, plan, recipe } = candidate;
  const few = study.judgingOn(drawSamples(study.held, SAMPLES, 1));
  await few.judgeReference();
  let done = 0;
  const found = await inPairs(plan.layers, async (output) => {
    const layers = new Set(plan.layers);
    layers.delete(output);
    const alone = few.plan((node) => layers.has(node.outputs[0] ?? ''));
    const { distance } = await few.judge(await few.build(alone, recipe));
    onProgress((done += 1), plan.layers.length);
    return { layer: study.nameOf(output), output, distance };
  });
  return found.sort((a, b) => b.distance - a.distance);
}
