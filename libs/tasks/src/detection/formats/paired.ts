import { rows, type Head } from '../head.js';
import { cornersOf, type Encoding } from './corners.js';
import type { ReadOutput, ReadTensor } from './format.js';

export type Background = 'first' | 'last' | 'none';

export const pairedOutputs = (
  boxes: string,
  scores: string,
  labels: readonly string[],
  background: Background,
): ReadOutput[] => {
  const besideLabels = background === 'none' ? 0 : 1;
  return [
    { name: boxes, wanted: [[1, 'any', 4]] },
    { name: scores, wanted: [[1, 'any', labels.length + besideLabels]], besideLabels },
  ];
};

/** Boxes in one output and scores in another, row by row of both. */
export function pairedHead(
  [boxes, scores]: readonly ReadTensor[],
  names: { readonly boxes: string; readonly scores: string },
  coded: { readonly encoding: Encoding; readonly scale: { readonly x: number; readonly y: number } },
  { labels, background }: { readonly labels: readonly string[]; readonly background: Background },
): Head | string {
  const [{ dims, data }, { dims: scoreDims, data: scoreData }] = [boxes, scores] as [ReadTensor, ReadTensor];
  const [anchors, width] = scoreDims.slice(1) as [number, number];
  if (dims[1] !== anchors) {
    return `output "${names.boxes}" has ${dims[1]} boxes, output "${names.scores}" scores of ${anchors}`;
  }
  const grid = rows(data, 4);
  const head = {
    anchors,
    boxes: grid,
    corners: cornersOf(grid, coded.encoding, coded.scale),
    scores: rows(scoreData, width, background === 'first' ? 1 : 0),
  };
  if (background === 'none') return head;
  return { ...head, background: background === 'first' ? -1 : labels.length };
}
