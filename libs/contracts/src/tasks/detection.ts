import { z } from 'zod';
import {
  Box,
  ConfidenceHistogram,
  count,
  labelList,
  LabelCounts,
  PortName,
  Score,
  share,
  Tolerance,
  total,
  unknownLabel,
  type ExpectationProblem,
} from './fields.js';
import { RatioMoments } from './ratio-moments.js';

/** Of one frame. */
export const MAX_DETECTIONS = 1000;

/** One number for all labels, or one per label. */
const Threshold = z.union([Score, z.array(Score).min(1).max(10_000)], {
  error: ({ input }) =>
    `${input === undefined ? 'is missing: it' : 'it'} must be a number above 0 and below 1, or one per label`,
});

const common = {
  labels: labelList(1),
  /** How a raw score becomes one from 0 to 1. */
  scoreActivation: z.enum(['none', 'sigmoid', 'softmax']).default('none'),
  /** A detection needs at least this score. */
  threshold: Threshold,
  maxDetections: z.int().min(1).max(MAX_DETECTIONS).default(100),
  /** Boxes that enter non-maximum suppression at most, the best first; the rest is counted. */
  maxCandidates: z.int().min(1).max(100_000).default(3000),
};
const iou = z.number().gt(0).max(1);
/** Of two boxes of one label that overlap by more than this, the worse is left out. */
const suppressing = { iou: iou.default(0.45) };
const suppressed = { iou: iou.exactOptional() };

const encoding = z.enum(['cxcywh', 'xyxy', 'yxyx', 'xywh']);
const coordinates = z.enum(['pixels', 'unit']);

/** `[1, 4 + labels, N]` or `[1, N, 4 + labels]`: centre, size in pixels of the input, then a score per label. */
const Yolo = z.strictObject({ format: z.literal('yolo'), name: PortName, ...common, ...suppressing });
/** `[1, N, 5 + labels]`: centre, size, objectness, then a score per label that the objectness is multiplied with. */
const YoloObjectness = z.strictObject({
  format: z.literal('yolo-objectness'),
  name: PortName,
  ...common,
  ...suppressing,
});
/** `[1, N, 5 + labels]` as YOLOX exports it undecoded: offsets and logarithms of sizes per cell of each stride's grid. */
const Yolox = z.strictObject({
  format: z.literal('yolox'),
  name: PortName,
  strides: z.array(z.int().min(1).max(256)).min(1).max(8).default([8, 16, 32]),
  ...common,
  ...suppressing,
});
/** `boxes` `[1, N, 4]` and `scores` `[1, N, labels (+ 1)]`, decoded. */
const Ssd = z.strictObject({
  format: z.literal('ssd'),
  boxes: PortName,
  scores: PortName,
  encoding: encoding.default('xyxy'),
  coordinates: coordinates.default('unit'),
  background: z.enum(['first', 'last', 'none']).default('none'),
  ...common,
  ...suppressing,
});
/** `boxes` `[1, Q, 4]` (centre, size, as shares of the input) and `logits` `[1, Q, labels (+ 1)]`; nothing is suppressed. */
const Detr = z.strictObject({
  format: z.literal('detr'),
  boxes: PortName,
  logits: PortName,
  background: z.enum(['last', 'none']).default('last'),
  ...common,
  scoreActivation: z.enum(['softmax', 'sigmoid']).default('softmax'),
  ...suppressed,
});
/** The model suppresses by itself: `name` `[1, N, 6]` (x1 y1 x2 y2 score label), or separate outputs. */
const EndToEnd = z
  .strictObject({
    format: z.literal('end-to-end'),
    name: PortName.exactOptional(),
    boxes: PortName.exactOptional(),
    scores: PortName.exactOptional(),
    classes: PortName.exactOptional(),
    /** An output with the number of rows that count, where the model says so. */
    count: PortName.exactOptional(),
    encoding: encoding.default('xyxy'),
    coordinates: coordinates.default('pixels'),
    /** The class number of the first label. */
    firstLabel: z.union([z.literal(0), z.literal(1)]).default(0),
    ...common,
    ...suppressed,
  })
  .refine(
    ({ name, boxes, scores, classes }) =>
      name === undefined
        ? boxes !== undefined && scores !== undefined && classes !== undefined
        : boxes === undefined && scores === undefined && classes === undefined,
    'names either `name`, or `boxes`, `scores` and `classes`',
  );

export const DetectionSpec = z
  .discriminatedUnion('format', [Yolo, YoloObjectness, Ssd, Detr, Yolox, EndToEnd], {
    error: () => 'must be one of yolo, yolo-objectness, ssd, detr, yolox, end-to-end',
  })
  .superRefine(({ threshold, labels }, context) => {
    if (typeof threshold === 'number' || threshold.length === labels.length) return;
    context.addIssue({
      code: 'custom',
      path: ['threshold'],
      message: `must be one number, or one per label (${labels.length}), has ${threshold.length}`,
    });
  });
export type DetectionSpec = z.infer<typeof DetectionSpec>;

export const Detection = z.strictObject({ label: z.string(), confidence: z.number(), box: Box });
export type Detection = z.infer<typeof Detection>;

export const DetectionAnswer = z.strictObject({
  /** The most confident first. */
  detections: z.array(Detection),
  /** Boxes above the threshold that were too many to look at; absent where there were none. */
  candidatesCut: z.int().min(1).exactOptional(),
});
export type DetectionAnswer = z.infer<typeof DetectionAnswer>;

export const DetectionExpectation = z.strictObject({
  detections: z.array(Detection).max(MAX_DETECTIONS),
  /** Largest allowed difference of a confidence; a detection this close to its threshold may come or go. */
  tolerance: Tolerance,
});
export type DetectionExpectation = z.infer<typeof DetectionExpectation>;

export const detectionExpectationProblems = (
  { labels }: DetectionSpec,
  { detections }: DetectionExpectation,
): ExpectationProblem[] =>
  detections.flatMap(({ label }, i) => unknownLabel(label, labels, ['detections', i, 'label']));

/** Frames with 0, 1, 2, 3-4, 5-8, 9-16, 17-32, 33-64 and more detections. */
export const DETECTION_COUNT_BINS = 9;
/** Detections by the share of the frame that their box covers: below 4^-9, and a factor of four each, up to all. */
export const BOX_AREA_BINS = 10;

export const DetectionSummary = z
  .strictObject({
    kind: z.literal('detection/1'),
    answers: count,
    detections: count,
    /** Detections by label. */
    labels: LabelCounts,
    others: count,
    /** Detections by confidence. */
    confidence: ConfidenceHistogram,
    perFrame: z.array(count).length(DETECTION_COUNT_BINS),
    areas: z.array(count).length(BOX_AREA_BINS),
    /** Frames with more boxes above the threshold than may be looked at. */
    cutFrames: count,
  })
  .refine(
    ({ answers, detections, perFrame, cutFrames }) =>
      Math.max(total(perFrame), cutFrames, detections / MAX_DETECTIONS) <= answers,
    `detections, perFrame and cutFrames must not exceed the answers that they are about, ${MAX_DETECTIONS} detections each`,
  )
  .refine(
    ({ detections, labels, others, confidence, areas }) =>
      Math.max(total(Object.values(labels)) + others, total(confidence), total(areas)) <= detections,
    'labels, confidence and areas must not exceed the detections that they are about',
  );
export type DetectionSummary = z.infer<typeof DetectionSummary>;

export const DetectionComparison = z
  .strictObject({
    kind: z.literal('detection/1'),
    /** Frames that both versions answered … */
    frames: count,
    /** … of which neither found anything, */
    emptyFrames: count,
    /** those on which the first version found something, and of these those on which the second found nothing, */
    firstFound: count,
    secondSilent: count,
    /** and the other way round. */
    secondFound: count,
    firstSilent: count,
    labels: z.array(z.string().max(101)).max(1001),
    /** Boxes that both found (IoU of at least one half, each box once): `[label of the first, of the second, boxes]`. */
    both: z.array(z.tuple([z.int().min(0), z.int().min(0), z.int().min(1)])).max(20_000),
    /** Boxes that one alone found: `[label, boxes]`. */
    onlyFirst: z.array(z.tuple([z.int().min(0), z.int().min(1)])).max(1001),
    onlySecond: z.array(z.tuple([z.int().min(0), z.int().min(1)])).max(1001),
    /** Box F1: twice the boxes that both found under one label, over the boxes of both. */
    f1: RatioMoments,
    /** The same of one version's boxes beside the other's on a frame shortly before: what the two share whatever they look at. */
    chance: RatioMoments,
    /** The same of each version's boxes beside its own on a frame shortly before: near 1 where frames hardly differ. */
    repeatFirst: RatioMoments,
    repeatSecond: RatioMoments,
  })
  .refine(
    ({ labels, both, onlyFirst, onlySecond }) =>
      both.every(([a, b]) => a < labels.length && b < labels.length) &&
      [...onlyFirst, ...onlySecond].every(([a]) => a < labels.length),
    'boxes must index labels',
  )
  .refine(
    ({ frames, emptyFrames, firstFound, secondSilent, secondFound, firstSilent, f1 }) =>
      secondSilent <= firstFound &&
      firstSilent <= secondFound &&
      firstFound + firstSilent + emptyFrames <= frames &&
      secondFound + secondSilent + emptyFrames <= frames &&
      f1.frames <= frames,
    'frames contradict each other',
  );
export type DetectionComparison = z.infer<typeof DetectionComparison>;

export const DetectionGate = z.strictObject({
  /** Box F1 between the two versions below which they do different jobs; half of it, once chance is left out. */
  minF1: share.default(0.15),
});
