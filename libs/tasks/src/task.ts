import type {
  AnswerOf,
  Box,
  BundleInput,
  ComparisonOf,
  DefectRule,
  DeploymentReason,
  ExpectationOf,
  FrameSize,
  GateCheck,
  GatePolicy,
  Result,
  SpecOf,
  SummaryOf,
  TaskName,
  ThresholdOverride,
} from '@hamon/contracts';
import type { TensorFacts, Tensors } from './tensors.js';
import type { FrameTruth } from './truth.js';

/** Why a model's outputs are no answer. */
export interface DecodeFault {
  readonly code: Extract<DeploymentReason, 'output-not-finite' | 'labels-mismatch'>;
  readonly detail: string;
}

/** Outputs of one run → the answer, boxes and masks in pixels of the frame as it came. */
export type Decode<T extends TaskName = TaskName> = (
  tensors: Tensors,
  frame: FrameSize,
) => Result<AnswerOf<T>, DecodeFault>;

/** Gathers items one by one in bounded memory. */
export interface Collector<Item, Sum> {
  add(item: Item): void;
  build(): Sum;
}

/** Gathers what two versions say of the same frames. */
export interface PairCollector<T extends TaskName = TaskName> {
  add(first: AnswerOf<T>, second: AnswerOf<T>): void;
  /** Frames so far. */
  readonly frames: number;
  build(): ComparisonOf<T>;
}

/** The answer of one question to a comparison. Intervals behind it hold at every look. */
export interface CheckAnswer {
  readonly verdict: Extract<GateCheck['verdict'], 'pass' | 'fail' | 'inconclusive'>;
  readonly detail: string;
  readonly figures: GateCheck['figures'];
}

/** One question of a gate to the same-frame comparison; the former version is the first of the two. */
export interface TaskCheck<T extends TaskName = TaskName> {
  readonly name: Extract<GateCheck['name'], 'agreement' | 'collapse'>;
  judge(comparison: ComparisonOf<T>, policy: GatePolicy): CheckAnswer;
}

/** How well a version answers where the right answers are known. */
export interface Quality {
  readonly samples: number;
  /** The task's headline: a figure of which more is better, 1 being perfect. */
  readonly metric: string;
  readonly value: number;
  /** All figures, the headline among them. */
  readonly figures: Readonly<Record<string, number>>;
}

/** Gathers outputs beside the truth; those of disjoint sets of images can be merged. */
export interface QualityCollector {
  /** Says what is wrong where the truth lacks what the task needs, or the outputs are no answer. */
  add(tensors: Tensors, frame: FrameSize, truth: FrameTruth): string | undefined;
  merge(other: QualityCollector): void;
  build(): Quality;
}

export interface Golden<T extends TaskName = TaskName> {
  /** What differs from the expectation, or undefined. */
  broken(answer: AnswerOf<T>, expectation: ExpectationOf<T>, spec: SpecOf<T>): string | undefined;
  /** What an answer makes of itself, to be held against later ones; of the original, or of another variant. */
  expectationOf(answer: AnswerOf<T>, spec: SpecOf<T>, variant: 'original' | 'other'): ExpectationOf<T>;
  /** Why answers to golden samples show that `bundle.json` describes the outputs wrongly, or undefined. */
  implausible(answers: readonly AnswerOf<T>[], spec: SpecOf<T>): string | undefined;
}

/** Gathers answers; sizes of boxes say something beside those of their frames alone. */
export interface SummaryCollector<T extends TaskName = TaskName> {
  add(answer: AnswerOf<T>, frame: FrameSize): void;
  build(): SummaryOf<T>;
}

export interface Summaries<T extends TaskName = TaskName> {
  collect(spec: SpecOf<T>): SummaryCollector<T>;
  merge(a: SummaryOf<T>, b: SummaryOf<T>): SummaryOf<T>;
}

export interface Comparisons<T extends TaskName = TaskName> {
  empty(): ComparisonOf<T>;
  collect(spec: SpecOf<T>): PairCollector<T>;
  merge(a: ComparisonOf<T>, b: ComparisonOf<T>): ComparisonOf<T>;
  /** The same pairs seen from the other version. */
  transpose(comparison: ComparisonOf<T>): ComparisonOf<T>;
  /** Why the counts contradict each other, or undefined. */
  fault(comparison: ComparisonOf<T>): string | undefined;
  /** What the agreement is measured in, for people: `kappa`, `box F1`. */
  readonly measure: string;
  /** How much the two agree; null where the frames do not tell. */
  agreement(comparison: ComparisonOf<T>): number | null;
  /** Two versions that agree no better than this do different jobs, whatever the policy: noise is below it. */
  readonly anotherJob: number;
}

/** What a model's outputs mean. One value a task; nothing outside of these asks for a task's name. */
export interface Task<T extends TaskName = TaskName> {
  readonly name: T;
  /** Names of the model's outputs that are read. */
  outputNames(spec: SpecOf<T>): readonly string[];
  /** Why the model's outputs cannot be what the bundle says, with both shapes; undefined where they may be. */
  checkOutputs(spec: SpecOf<T>, input: BundleInput, outputs: readonly TensorFacts[]): string | undefined;
  decoder(spec: SpecOf<T>, input: BundleInput): Decode<T>;
  /** Labels of the answers, by which two versions are comparable: the same in the same order. */
  labels(spec: SpecOf<T>): readonly string[];
  /** The same output with a rollout's threshold; a sentence where it does not fit. */
  withThreshold(spec: SpecOf<T>, threshold: ThresholdOverride): Result<SpecOf<T>, string>;
  /** From 0 to 1, by which the cloud is asked about doubtful answers; null where the task has no such figure. */
  confidence(answer: AnswerOf<T>): number | null;
  /** Is it a defect by what a stream says of them? Null where the rule says nothing of answers like this. */
  isDefect(answer: AnswerOf<T>, rule: DefectRule): boolean | null;
  /** What was found, each label once and in alphabetical order: two answers of the same labels say the same in short. */
  labelsIn(answer: AnswerOf<T>): readonly string[];
  /** Where in the frame something is, the most certain first; nothing of tasks that do not say. */
  places(answer: AnswerOf<T>): readonly Place[];
  /** Which label each pixel has; null of tasks that do not say. */
  mask(answer: AnswerOf<T>, spec: SpecOf<T>): PixelLabels | null;
  /** How unusual each part of the frame is, where the model says so: null where it does not. Only of tasks that may. */
  heatMap?(spec: SpecOf<T>, input: BundleInput, tensors: Tensors, frame: FrameSize): HeatMap | null;
  /** The same answer without what takes most of its room. Only of tasks whose answers may be large. */
  shortened?(answer: AnswerOf<T>): AnswerOf<T>;
  /** One line for people. */
  describe(answer: AnswerOf<T>): string;
  readonly golden: Golden<T>;
  readonly summaries: Summaries<T>;
  readonly comparisons: Comparisons<T>;
  /** In the order in which a gate asks them. */
  readonly checks: readonly TaskCheck<T>[];
  /**
   * Has the second of the two certainly broken down? What a device goes back for by itself; whether the two do the same job
   * is the gate's to say.
   *
   * @param z standard errors of its bounds
   */
  breakdown(comparison: ComparisonOf<T>, z: number): Breakdown | undefined;
  readonly quality: {
    /** The part of the truth that is needed. */
    readonly needs: keyof FrameTruth;
    collect(spec: SpecOf<T>, input: BundleInput): QualityCollector;
  };
  /**
   * How far outputs are from those of the original on the same samples, 0 being the same: what compression keeps small, and
   * what its choices are made by.
   */
  distance(
    spec: SpecOf<T>,
    original: readonly Tensors[],
    others: readonly Tensors[],
    input: BundleInput,
  ): number;
}

/** A part of the frame that an answer is about. */
export interface Place {
  readonly label?: string;
  readonly confidence?: number;
  readonly box: Box;
}

/** Labels of a frame's pixels. */
export interface PixelLabels extends FrameSize {
  /** Row by row, `[label, pixels, label, pixels, …]`; labels by their place among the spec's. */
  readonly rle: readonly number[];
  /** The label of pixels where nothing is. */
  readonly background: number | null;
}

/** Spread evenly over a whole frame. */
export interface HeatMap extends FrameSize {
  /** Row by row, from 0 to 1, 0.5 being the threshold. */
  readonly values: Float32Array;
}

export interface Breakdown {
  readonly code: Extract<DeploymentReason, 'label-collapse' | 'answer-collapse'>;
  readonly detail: string;
}
