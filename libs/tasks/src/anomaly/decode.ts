import { ok, type AnomalyAnswer, type AnomalySpec, type BundleInput, type FrameSize } from '@hamon/contracts';
import type { Decode } from '../task.js';
import { connectedRegions } from '../shared/connected-regions.js';
import { mapGrid } from '../shared/map-grid.js';
import { normaliseScore } from './normalise.js';
import { readOutputs, type AnomalyMap } from './read-outputs.js';

const MOST_REGIONS = 100;

/** Score and map → normalised score, decision, and the parts of the map at or above the threshold in pixels of the frame. */
export function decoder(spec: AnomalySpec, input: BundleInput): Decode<'anomaly'> {
  return (tensors, frame) => {
    const outputs = readOutputs(spec, tensors);
    if (!outputs.ok) return outputs;
    const { score: raw, map } = outputs.value;
    const score = normaliseScore(spec, raw);
    const regions = map ? regionsOf(spec, input, frame, map) : [];
    return ok({ score, isAnomalous: score >= 0.5, regions });
  };
}

function regionsOf(
  spec: AnomalySpec,
  input: BundleInput,
  frame: FrameSize,
  map: AnomalyMap,
): AnomalyAnswer['regions'] {
  const { values } = map;
  const isAbove = new Uint16Array(values.length);
  let count = 0;
  for (let cell = 0; cell < values.length; cell += 1) {
    if ((values[cell] as number) < spec.threshold) continue;
    isAbove[cell] = 1;
    count += 1;
  }
  if (count === 0) return [];
  const wanted = { by: 'peak', most: MOST_REGIONS } as const;
  return connectedRegions(mapGrid(input, frame, map), isAbove, 0, wanted, values).map(({ peak, box }) => ({
    score: normaliseScore(spec, peak),
    box,
  }));
}
