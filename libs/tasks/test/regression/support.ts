import type { RegressionAnswer, RegressionSpec } from '@hamon/contracts';
import { TASKS, type Tensors } from '../../src/index.js';

export const task = TASKS.regression;

export const spec: RegressionSpec = {
  name: 'y',
  values: [
    { name: 'gap', unit: 'mm', scale: 2, offset: 1, minimum: 0, maximum: 20 },
    { name: 'angle', unit: '', scale: 1, offset: 0 },
  ],
};

export const frame = { width: 4, height: 4 };

export const outputs = (...values: number[]): Tensors =>
  new Map([['y', { dims: [1, values.length], data: Float32Array.from(values) }]]);

export const answerOf = (gap: number, angle = 0): RegressionAnswer => ({ values: { gap, angle } });
