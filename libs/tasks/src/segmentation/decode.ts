import {
  ok,
  type BundleInput,
  type FrameSize,
  type SegmentationAnswer,
  type SegmentationSpec,
} from '@hamon/contracts';
import type { Decode } from '../task.js';
import { connectedRegions } from '../shared/connected-regions.js';
import { mapGrid, type MapGrid } from '../shared/map-grid.js';
import { mismatch } from '../shared/read-tensor.js';
import { LabelMapMaker, type LabelMap } from './label-map.js';
import { MOST_RUN_NUMBERS, pixelsByLabel, runLengths } from './run-lengths.js';

/** An answer of regions alone fits into a result's message. */
const MOST_REGIONS = 500;

/**
 * Scores or labels by cell → regions, shares and mask in pixels of the frame. Where `cover` cut the frame's sides, nothing
 * is known of their pixels: they are background, or the first label where there is none, and belong to no region.
 */
export function decoder(spec: SegmentationSpec, input: BundleInput): Decode<'segmentation'> {
  const maps = new LabelMapMaker(spec);
  return (tensors, frame) => {
    const tensor = tensors.get(spec.name);
    if (!tensor) return mismatch(`the model gave no output "${spec.name}"`);
    const map = maps.make(tensor);
    if (!map.ok) return map;
    const grid = mapGrid(input, frame, map.value);
    const rle = runLengths(grid, map.value.labels, spec.background ?? 0);
    if (!rle) {
      return mismatch(
        `the mask of output "${spec.name}" takes more than ${MOST_RUN_NUMBERS / 2} runs, which is noise`,
      );
    }
    return ok({
      regions: regionsOf(spec, grid, map.value),
      shares: sharesOf(spec, frame, rle),
      mask: { width: frame.width, height: frame.height, rle },
    });
  };
}

function regionsOf(
  { labels, background, minArea }: SegmentationSpec,
  grid: MapGrid,
  map: LabelMap,
): SegmentationAnswer['regions'] {
  const wanted = { by: 'area', most: MOST_REGIONS, leastArea: minArea } as const;
  return connectedRegions(grid, map.labels, background ?? -1, wanted).map(({ label, area, box }) => ({
    label: labels[label] ?? '',
    area,
    box,
  }));
}

function sharesOf(
  { labels }: SegmentationSpec,
  { width, height }: FrameSize,
  rle: readonly number[],
): Record<string, number> {
  const pixels = pixelsByLabel(rle, labels.length);
  const shares = labels.map((label, i): [string, number] => [label, (pixels[i] ?? 0) / (width * height)]);
  return Object.fromEntries(shares.filter(([, share]) => share > 0));
}
