import fc from 'fast-check';
import { DetectionSpec, type BundleInput, type Detection, type DetectionAnswer } from '@hamon/contracts';
import type { NamedTensor, Tensors } from '../../src/index.js';

export const LABELS = ['Crack', 'Fray', 'Break'];

/** As a bundle states it, with what it leaves out; of one output unless others are named. */
export const specOf = (fields: Record<string, unknown> = {}): DetectionSpec => {
  const name = 'boxes' in fields ? {} : { name: 'output0' };
  return DetectionSpec.parse({ format: 'yolo', ...name, labels: LABELS, threshold: 0.25, ...fields });
};

export const inputOf = (fields: Partial<BundleInput> = {}): BundleInput => ({
  name: 'images',
  layout: 'NCHW',
  width: 100,
  height: 100,
  channels: 3,
  dtype: 'float32',
  resize: 'stretch',
  scale: 1,
  mean: [0, 0, 0],
  std: [1, 1, 1],
  ...fields,
});

export const tensorOf = (dims: readonly number[], values: readonly number[]): NamedTensor => ({
  dims,
  data: Float32Array.from(values),
});

/** `[1, N, width]` of rows of equal width. */
export const rowsTensor = (rows: readonly (readonly number[])[], width = rows[0]?.length ?? 0): NamedTensor =>
  tensorOf([1, rows.length, width], rows.flat());

/** The same numbers, parts first. */
export const columnsTensor = (rows: readonly (readonly number[])[]): NamedTensor => {
  const width = rows[0]?.length ?? 0;
  const values = Array.from({ length: width }, (_, part) => rows.map((row) => row[part] ?? 0)).flat();
  return tensorOf([1, width, rows.length], values);
};

export const outputs = (named: Record<string, NamedTensor>): Tensors => new Map(Object.entries(named));

export const found = (
  label: string,
  confidence: number,
  [x, y, width, height]: readonly [number, number, number, number],
): Detection => ({ label, confidence, box: { x, y, width, height } });

export const answerOf = (...detections: Detection[]): DetectionAnswer => ({ detections });

/** Few values, so that boxes and scores are often exactly alike. */
const side = fc.integer({ min: 1, max: 6 }).map((n) => 5 * n);
const place = fc.integer({ min: 0, max: 8 }).map((n) => 10 * n);
const detections = fc.record({
  label: fc.constantFrom(...LABELS),
  confidence: fc.integer({ min: 5, max: 19 }).map((n) => n / 20),
  box: fc.record({ x: place, y: place, width: side, height: side }),
});

/** The most confident first. */
export const anyAnswer: fc.Arbitrary<DetectionAnswer> = fc
  .array(detections, { maxLength: 8 })
  .map((list) => ({ detections: list.sort((a, b) => b.confidence - a.confidence) }));
