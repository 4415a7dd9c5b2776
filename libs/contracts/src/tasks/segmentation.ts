import { z } from 'zod';
import {
  Box,
  count,
  finite,
  labelList,
  PortName,
  Score,
  share,
  Tolerance,
  total,
  unknownLabel,
  type ExpectationProblem,
} from './fields.js';
import { RatioMoments } from './ratio-moments.js';

/** Row by row, `[label, pixels, label, pixels, …]`: a run may go on in the next row. Labels by their place, from 0. */
const RunLengths = z.array(z.int().min(0)).max(1_000_000);

export const SegmentationSpec = z
  .strictObject({
    /** `[1, labels, H, W]` scores, or a class map `[1, H, W]` or `[1, 1, H, W]`. */
    name: PortName,
    activation: z.enum(['none', 'softmax', 'sigmoid']).default('none'),
    labels: labelList(2),
    /** Place of the label that is no region; null where each is one. */
    background: z.int().min(0).nullable().default(0),
    /** A pixel whose best score is below it is background; not with a class map. */
    threshold: Score.exactOptional(),
    /** Regions with fewer pixels of the frame are left out of `regions`. */
    minArea: z.number().min(0).max(1e9).default(0),
  })
  .superRefine(({ background, labels, threshold }, context) => {
    if (background !== null && background >= labels.length) {
      const message = `must be the place of a label, 0 to ${labels.length - 1}, or null`;
      context.addIssue({ code: 'custom', path: ['background'], message });
    }
    if (threshold !== undefined && background === null) {
      const message = 'needs a background, which pixels below it become';
      context.addIssue({ code: 'custom', path: ['threshold'], message });
    }
  });
export type SegmentationSpec = z.infer<typeof SegmentationSpec>;

export const Mask = z.strictObject({ width: z.int().min(1), height: z.int().min(1), rle: RunLengths });
export type Mask = z.infer<typeof Mask>;

export const SegmentationAnswer = z.strictObject({
  /** Connected pixels of one label, the largest first; none of the background. */
  regions: z.array(z.strictObject({ label: z.string(), area: finite, box: Box })),
  /** Share of the frame by label, of labels that occur. */
  shares: z.record(z.string(), share),
  /** Label by pixel of the frame. */
  mask: Mask,
});
export type SegmentationAnswer = z.infer<typeof SegmentationAnswer>;

export const SegmentationExpectation = z.strictObject({
  /** Share of the frame by label. */
  shares: z.record(z.string(), share),
  /** Where given, the pixels themselves are compared. */
  mask: Mask.exactOptional(),
  /** Largest allowed difference of a share, and share of pixels that may have another label. */
  tolerance: Tolerance,
});
export type SegmentationExpectation = z.infer<typeof SegmentationExpectation>;

export const segmentationExpectationProblems = (
  { labels }: SegmentationSpec,
  { shares, mask }: SegmentationExpectation,
): ExpectationProblem[] => [
  ...Object.keys(shares).flatMap((label) => unknownLabel(label, labels, ['shares', label])),
  ...(mask ? maskProblems(mask, labels.length) : []),
];

function maskProblems({ width, height, rle }: z.infer<typeof Mask>, labels: number): ExpectationProblem[] {
  const problem = (message: string): ExpectationProblem[] => [{ path: ['mask', 'rle'], message }];
  const pixels = total(rle.filter((_, place) => place % 2 === 1));
  if (rle.length % 2 === 1 || pixels !== width * height) {
    return problem(`must be pairs of label and pixels that make ${width * height} pixels, makes ${pixels}`);
  }
  const stranger = rle.find((label, place) => place % 2 === 0 && label >= labels);
  return stranger === undefined
    ? []
    : problem(`holds label ${stranger}, output.labels are 0 to ${labels - 1}`);
}

/** Of labels, in order; those beyond the first thousand are taken together. */
const perLabel = z
  .array(z.strictObject({ label: z.string().max(101), frames: count, share: finite }))
  .max(1001);

export const SegmentationSummary = z
  .strictObject({
    kind: z.literal('segmentation/1'),
    answers: count,
    /** Frames in which a label occurs, and the sum of its shares of the frames. */
    labels: perLabel,
    regions: count,
    /** Frames by the share of their foreground, 20 equal bins over [0, 1]. */
    foreground: z.array(count).length(20),
  })
  .refine(
    ({ answers, labels, foreground }) =>
      total(foreground) <= answers && labels.every(({ frames }) => frames <= answers),
    'labels and foreground must not exceed the answers that they are about',
  );
export type SegmentationSummary = z.infer<typeof SegmentationSummary>;

export const SegmentationComparison = z.strictObject({
  kind: z.literal('segmentation/1'),
  /** Frames that both versions answered, */
  frames: count,
  /** of which the first version found any foreground, and of these those on which the second found none, */
  firstFound: count,
  secondSilent: count,
  /** and the other way round. */
  secondFound: count,
  firstSilent: count,
  /** The label that is no foreground; null where each is. */
  background: z.string().max(101).nullable(),
  /** By label, sums over frames of shares of the frame: what both say, and what each says. */
  labels: z
    .array(z.strictObject({ label: z.string().max(101), both: finite, first: finite, second: finite }))
    .max(1001),
  /** Dice of the foreground: twice the share under the same label, over the shares of both. */
  dice: RatioMoments,
});
export type SegmentationComparison = z.infer<typeof SegmentationComparison>;

export const SegmentationGate = z.strictObject({
  /**
   * Dice coefficient of the foreground between the two versions, beyond what chance would give, below which they do
   * different jobs.
   */
  minDice: share.default(0.04),
});
