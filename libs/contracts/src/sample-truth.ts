import { z } from 'zod';
import { printable } from './printable.js';
import { Box, Label, measure, total } from './tasks/fields.js';
import { MAX_DETECTIONS } from './tasks/detection.js';
import { Mask } from './tasks/segmentation.js';
import type { TaskName } from './tasks/tasks.js';

/** A label as people write it: it becomes a name in files that others read. */
export const TruthLabel = Label.refine(
  (text) => text === text.trim() && text === printable(text),
  'must have no space around it and no control characters',
);

const TrueBox = z.strictObject({
  label: TruthLabel,
  box: Box.refine(({ width, height }) => width > 0 && height > 0, 'must be wider and higher than 0'),
});

/** Every pixel once; labels by their place among `labels`. */
const isWhole = ({ width, height, rle }: Mask): boolean =>
  rle.length % 2 === 0 && total(rle.filter((_, place) => place % 2 === 1)) === width * height;
const WHOLE_RULE = 'must be pairs of label and pixels that make width × height pixels';
const placesOf = ({ rle }: Mask): number[] => rle.filter((_, place) => place % 2 === 0);

const Classification = z.strictObject({ task: z.literal('classification'), label: TruthLabel });
/** All that the picture shows; no box where it shows nothing. */
const Detection = z.strictObject({
  task: z.literal('detection'),
  boxes: z.array(TrueBox).max(MAX_DETECTIONS),
});
const Segmentation = z
  .strictObject({
    task: z.literal('segmentation'),
    labels: z.array(TruthLabel).min(1).max(256),
    mask: Mask.refine(isWhole, WHOLE_RULE),
  })
  .refine(({ labels }) => new Set(labels).size === labels.length, {
    path: ['labels'],
    message: 'must be distinct',
  })
  .refine(({ labels, mask }) => placesOf(mask).every((place) => place < labels.length), {
    path: ['mask', 'rle'],
    message: 'names a place that labels do not have',
  });
const Anomaly = z
  .strictObject({
    task: z.literal('anomaly'),
    isAnomalous: z.boolean(),
    /** What kind of fault it is. */
    fault: TruthLabel.exactOptional(),
    /** 1 where the picture shows the fault, else 0. */
    mask: Mask.refine(isWhole, WHOLE_RULE)
      .refine((mask) => placesOf(mask).every((place) => place <= 1), 'must hold 0 and 1 alone')
      .exactOptional(),
  })
  .refine(({ isAnomalous, fault, mask }) => isAnomalous || (fault === undefined && mask === undefined), {
    path: ['isAnomalous'],
    message: 'must be true where a fault or a mask is given',
  });
const Regression = z.strictObject({
  task: z.literal('regression'),
  /** By name, in the units that the bundle states. */
  values: z
    .record(TruthLabel, measure)
    .refine(
      (by) => Object.keys(by).length >= 1 && Object.keys(by).length <= 100,
      'must name 1 to 100 values',
    ),
});

/** What a picture shows, as somebody says who looked at it; boxes and masks are in pixels of the picture. */
export const SampleTruth = z.discriminatedUnion('task', [
  Classification,
  Detection,
  Segmentation,
  Anomaly,
  Regression,
]);
export type SampleTruth = z.infer<typeof SampleTruth>;
export type TruthOf<T extends TaskName> = Extract<SampleTruth, { readonly task: T }>;

/** How a picture without a fault is called among the words of samples. */
export const GOOD_WORD = 'good';
/** A fault of no kind that anybody named. */
export const ANOMALOUS_WORD = 'anomalous';

/** The words that a list of samples is searched by: each label that the truth holds, once. */
export function truthWords(truth: SampleTruth): string[] {
  switch (truth.task) {
    case 'classification':
      return [truth.label];
    case 'detection':
      return [...new Set(truth.boxes.map(({ label }) => label))];
    case 'segmentation': {
      const there = new Set(placesOf(truth.mask));
      return truth.labels.filter((_, place) => there.has(place));
    }
    case 'anomaly':
      return truth.isAnomalous ? [truth.fault ?? ANOMALOUS_WORD] : [GOOD_WORD];
    case 'regression':
      return [];
  }
}
