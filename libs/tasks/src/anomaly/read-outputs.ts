import { ok, type AnomalySpec, type FrameSize, type Result } from '@hamon/contracts';
import type { DecodeFault } from '../task.js';
import type { Tensors } from '../tensors.js';
import { areFinite, floatsOf, mismatch, notFinite } from '../shared/read-tensor.js';
import { mapSizeOf, wrongMap, wrongScore } from './output-shape.js';

export interface AnomalyMap extends FrameSize {
  /** Row by row, in the model's own units. */
  readonly values: Float32Array;
}

export interface AnomalyOutputs {
  /** In the model's own units; the map's maximum where the model gives no score. */
  readonly score: number;
  readonly map: AnomalyMap | undefined;
}

export function readOutputs(spec: AnomalySpec, tensors: Tensors): Result<AnomalyOutputs, DecodeFault> {
  const map = spec.map === undefined ? ok(undefined) : readMap(spec.map, tensors);
  if (!map.ok) return map;
  if (spec.score === undefined) return ok({ score: highest(map.value?.values ?? []), map: map.value });
  const score = floatsOf(tensors, spec.score);
  if (!score.ok) return score;
  const { data, dims } = score.value;
  if (data.length !== 1) return mismatch(wrongScore(spec.score, dims));
  if (!areFinite(data)) return notFinite(spec.score);
  return ok({ score: data[0] as number, map: map.value });
}

function readMap(name: string, tensors: Tensors): Result<AnomalyMap, DecodeFault> {
  const output = floatsOf(tensors, name);
  if (!output.ok) return output;
  const { dims, data } = output.value;
  const size = mapSizeOf(dims);
  if (!size) return mismatch(wrongMap(name, dims));
  return areFinite(data) ? ok({ ...size, values: data }) : notFinite(name);
}

function highest(values: ArrayLike<number>): number {
  let max = -Infinity;
  for (let i = 0; i < values.length; i += 1) max = Math.max(max, values[i] as number);
  return max;
}
