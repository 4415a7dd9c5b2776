import type { AnomalyAnswer, AnomalySpec, BundleInput } from '@hamon/contracts';
import { TASKS, type Tensors } from '../../src/index.js';

export const task = TASKS.anomaly;

/** Normal from 2 to 6, anomalous up to 16. */
export const spec: AnomalySpec = { score: 'score', map: 'map', minimum: 2, threshold: 6, maximum: 16 };

export const input: BundleInput = {
  name: 'image',
  layout: 'NCHW',
  width: 8,
  height: 8,
  channels: 1,
  dtype: 'uint8',
  resize: 'stretch',
};

export const frame = { width: 8, height: 8 };

export const outputs = (score: number, rows: readonly (readonly number[])[] = [[0]]): Tensors =>
  new Map([
    ['score', { dims: [1, 1], data: Float32Array.from([score]) }],
    ['map', { dims: [1, 1, rows.length, rows[0]?.length ?? 0], data: Float32Array.from(rows.flat()) }],
  ]);

export const answerOf = (score: number): AnomalyAnswer => ({ score, isAnomalous: score >= 0.5, regions: [] });
