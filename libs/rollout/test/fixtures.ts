import { GatePolicy, type ClassificationComparison, type TelemetryWindow } from '@hamon/contracts';
import { emptySketch, frameCount, LatencySketchBuilder, type LatencySketch } from '@hamon/stats';
import {
  emptyEvidence,
  mergeEvidence,
  startRollout,
  type EvidenceContribution,
  type ObservedMember,
  type Orientation,
  type Rollout,
  type RolloutSpec,
  type StageEvidence,
} from '../src/index.js';

export const CANDIDATE = 'c'.repeat(64);
/** The bundle of another variant of the same version. */
export const SMALL = 'd'.repeat(64);
export const FORMER = 'f'.repeat(64);
export const CLASS = 'arm64-4c-4g-ort1.30-asimddp';
export const START = new Date('2026-03-01T08:00:00.000Z');

export const after = (seconds: number, from: Date = START): Date => new Date(from.getTime() + seconds * 1000);

export const policy = (change: Partial<GatePolicy> = {}): GatePolicy => ({
  ...GatePolicy.parse({}),
  ...change,
});

export const spec = (change: Partial<RolloutSpec> = {}): RolloutSpec => ({
  model: 'tile-inspector',
  task: 'classification',
  version: '2.0.0',
  targets: [{ variant: 'fp32', bundle: CANDIDATE, choice: 'given', hardwareClasses: [CLASS], devices: 6 }],
  budgetP95Ms: 50,
  stages: [1, 3, 6],
  watchSeconds: 60,
  gate: policy(),
  approve: 'auto',
  maxParallel: null,
  ...change,
});

export const rolloutOf = (change: Partial<RolloutSpec> = {}): Rollout =>
  startRollout('r1', spec(change), START);

export const member = (position: number, change: Partial<ObservedMember> = {}): ObservedMember => ({
  device: `camera-${position}`,
  position,
  variant: 'fp32',
  bundle: CANDIDATE,
  hardwareClass: CLASS,
  online: true,
  onlineSince: after(-3600).toISOString(),
  previousBundle: FORMER,
  currentBundle: FORMER,
  canShadow: true,
  deployment: null,
  held: false,
  canHold: true,
  revert: null,
  ...change,
});

export const sketch = (frames: number, ms: number): LatencySketch => {
  const builder = new LatencySketchBuilder();
  // A tail, so that p95 is not the median.
  for (let i = 0; i < frames; i += 1) builder.add(ms * (i % 10 === 0 ? 1.2 : 1));
  return builder.build();
};

/** Evidence of a candidate that does everything right, on `frames` frames, half of them paired after activation. */
export const goodShown = (frames = 400, ms = 5): EvidenceContribution => ({
  windows: 10,
  candidate: { frames, failures: 0, answering: sketch(frames, ms), shadowing: emptySketch() },
  control: { frames, failures: 0, answering: emptySketch(), shadowing: sketch(frames, ms) },
  freshFrames: frames,
  freshFailures: 0,
  compared: pairs(frames, 0.1),
  freshCompared: pairs(frames, 0.1),
  unpairedFrames: 0,
});

/** The evidence of a stage in which all devices run one variant and are of one class. */
export const evidenceOf = (
  stage: number,
  shown: EvidenceContribution,
  { variant = 'fp32', hardwareClass = CLASS } = {},
): StageEvidence => mergeEvidence(emptyEvidence(stage), { variant, hardwareClass }, shown);

export const goodEvidence = (stage: number, frames = 400): StageEvidence =>
  evidenceOf(stage, goodShown(frames));

/** What both versions said of the same frames, `[first, second, frames]`. */
export const labelled = (labels: string[], cells: [number, number, number][]): ClassificationComparison => ({
  kind: 'classification/1',
  frames: frameCount({ labels, cells }),
  table: { labels, cells },
});

/** Three labels on which the versions disagree on about a `disagreement` share of the frames. */
export function pairs(frames: number, disagreement: number): ClassificationComparison {
  const labels = ['free', 'crack', 'blowhole'];
  const shares = [0.6, 0.25, 0.15];
  const cells: [number, number, number][] = [];
  shares.forEach((share, i) => {
    const off = Math.round(frames * share * disagreement);
    const on = Math.round(frames * share) - off;
    if (on > 0) cells.push([i, i, on]);
    if (off > 0) cells.push([i, (i + 1) % 3, off]);
  });
  return labelled(labels, cells);
}

/** Where the candidate says `free` whatever the control says. */
export const collapsedPairs = (frames: number): ClassificationComparison =>
  labelled(
    ['free', 'crack', 'blowhole'],
    [
      [0, 0, Math.round(frames * 0.7)],
      [1, 0, Math.round(frames * 0.2)],
      [2, 0, Math.round(frames * 0.1)],
    ],
  );

/** What a window counts as, with fp32 for the candidate. */
export const ORIENTATION: Orientation = {
  model: 'tile-inspector',
  task: 'classification',
  candidateBundle: CANDIDATE,
  fresh: true,
};

/** The summary of a window in which nothing was answered. */
export const NOTHING_SAID: TelemetryWindow['summary'] = {
  kind: 'classification/1',
  ...{ answers: 0, labels: {}, others: 0, confidence: new Array<number>(20).fill(0) },
};

const version = (bundle: string, sequence: number): TelemetryWindow['answering'] => ({
  model: 'tile-inspector',
  version: bundle === CANDIDATE ? '2.0.0' : '1.0.0',
  variant: 'fp32',
  bundle,
  sequence,
});

/** A device's window; `candidate` is where the candidate runs. */
export function windowOf(
  candidate: 'answers' | 'shadows' | 'absent',
  change: Partial<TelemetryWindow> = {},
): TelemetryWindow {
  const answering = candidate === 'answers' ? version(CANDIDATE, 2) : version(FORMER, 1);
  const other = candidate === 'answers' ? version(FORMER, 1) : version(CANDIDATE, 2);
  return {
    schema: 'hamon.window/2',
    id: '6e0f0b0e-3a1c-4a55-9d0e-6b1f3c1a7a10',
    device: 'camera-0',
    stream: 'main',
    startedAt: START.toISOString(),
    endedAt: after(10).toISOString(),
    answering,
    inferences: 100,
    errors: 0,
    skipped: 0,
    fallbacks: {},
    summary: {
      kind: 'classification/1',
      answers: 100,
      labels: { free: 60, crack: 40 },
      others: 0,
      confidence: new Array<number>(20).fill(5),
    },
    latencyMs: sketch(100, 5),
    rssMb: { supervisor: 90, worker: 110 },
    ...(candidate !== 'absent' && {
      shadow: {
        role: candidate === 'answers' ? ('previous' as const) : ('candidate' as const),
        version: other,
        inferences: 90,
        errors: 2,
        latencyMs: sketch(90, 6),
        comparison: labelled(
          ['free', 'crack'],
          [
            [0, 0, 55],
            [0, 1, 5],
            [1, 1, 30],
          ],
        ),
      },
    }),
    ...change,
  };
}
