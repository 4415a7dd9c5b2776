import type { BundleInput, SegmentationAnswer, SegmentationSpec } from '@hamon/contracts';
import { TASKS, type Tensors } from '../../src/index.js';

export const task = TASKS.segmentation;

export const spec: SegmentationSpec = {
  name: 'scores',
  activation: 'none',
  labels: ['none', 'a', 'b'],
  background: 0,
  minArea: 0,
};

export const inputOf = (
  width: number,
  height: number,
  resize: BundleInput['resize'] = 'stretch',
): BundleInput => ({
  name: 'image',
  layout: 'NCHW',
  width,
  height,
  channels: 1,
  dtype: 'uint8',
  resize,
});

/** A map of labels of one digit a cell, row by row. */
export function labelMap(...rows: string[]): Tensors {
  const cells = rows.join('').split('').map(Number);
  const dims = [1, rows.length, rows[0]?.length ?? 0];
  return new Map([['scores', { dims, data: Int32Array.from(cells) }]]);
}

/** The answer to a map on a frame of its own size. */
export function answerOf(rows: string[], of: SegmentationSpec = spec): SegmentationAnswer {
  const [width, height] = [rows[0]?.length ?? 0, rows.length];
  const answer = task.decoder(of, inputOf(width, height))(labelMap(...rows), { width, height });
  if (!answer.ok) throw new Error(answer.error.detail);
  return answer.value;
}

/** The mask itself, a digit a pixel. */
export function rowsOf({ mask: { width, height, rle } }: SegmentationAnswer): string[] {
  let text = '';
  for (let at = 0; at < rle.length; at += 2) text += String(rle[at]).repeat(rle[at + 1] ?? 0);
  return Array.from({ length: height }, (_, y) => text.slice(y * width, (y + 1) * width));
}
