import {
  MAIN_STREAM,
  type RunningVersion,
  type TaskComparison,
  type TelemetryWindow,
} from '@hamon/contracts';
import { CONFIDENCE_BINS, confidenceBin, LatencySketchBuilder, type SeededRandom } from '@hamon/stats';
import { answering, type ModelState } from '@hamon/agent/protocol';

/** The versions that a window is about. */
export interface Subject {
  readonly answering: RunningVersion;
  readonly shadow: { readonly role: 'candidate' | 'previous'; readonly version: RunningVersion } | null;
}

/** Undefined where nothing answers. */
export function subjectOf(state: ModelState, watching: boolean): Subject | undefined {
  const current = answering(state.slots.current);
  if (!current) return undefined;
  const { candidate, previous } = state.slots;
  if (candidate && state.deployment?.state === 'shadowing') {
    return { answering: current.version, shadow: { role: 'candidate', version: candidate.version } };
  }
  const isShadow = previous !== null && watching;
  return {
    answering: current.version,
    shadow: isShadow ? { role: 'previous', version: previous.version } : null,
  };
}

export const isSameSubject = (a: Subject | undefined, b: Subject | undefined): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

export interface WindowPlan {
  readonly id: string;
  readonly device: string;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly subject: Subject;
  readonly framesPerSecond: number;
  /** Share of the answering version's frames that end in errors. */
  readonly errorShare: number;
  readonly labels: readonly string[];
}

const TYPICAL_MS = 12;
/** Most answers are sure of themselves. */
const CONFIDENCE_SPREAD = 0.15;
/** A window is drawn frame by frame: those beyond are left out, as if the camera had been slower. */
const MOST_FRAMES = 100_000;
/** Both versions say the same, but for so many. */
const AGREEMENT = 0.99;

/** A window as a device would send it; undefined where no frame came. Both versions are about equally good and fast. */
export function drawWindow(plan: WindowPlan, random: SeededRandom): TelemetryWindow | undefined {
  const { subject, labels } = plan;
  const seconds = (plan.endedAt.getTime() - plan.startedAt.getTime()) / 1000;
  const frames = Math.min(MOST_FRAMES, Math.round(Math.max(0, seconds) * plan.framesPerSecond));
  if (frames === 0) return undefined;
  const latency = new LatencySketchBuilder();
  const shadowLatency = new LatencySketchBuilder();
  const confidence = new Array<number>(CONFIDENCE_BINS).fill(0);
  const counts = new Map<string, number>();
  const pairs = new Map<string, [answering: number, shadowing: number, frames: number]>();
  let errors = 0;
  for (let frame = 0; frame < frames; frame += 1) {
    const label = random.below(labels.length);
    if (subject.shadow) shadowLatency.add(latencyMs(random));
    if (random.next() < plan.errorShare) {
      errors += 1;
      continue;
    }
    latency.add(latencyMs(random));
    counts.set(labels[label] ?? '', (counts.get(labels[label] ?? '') ?? 0) + 1);
    const bin = confidenceBin(1 - CONFIDENCE_SPREAD * Math.abs(random.normal()));
    confidence[bin] = (confidence[bin] ?? 0) + 1;
    if (!subject.shadow) continue;
    const other = random.next() < AGREEMENT ? label : random.below(labels.length);
    const cell = pairs.get(`${label} ${other}`) ?? [label, other, 0];
    cell[2] += 1;
    pairs.set(`${label} ${other}`, cell);
  }
  return {
    schema: 'hamon.window/2',
    stream: MAIN_STREAM,
    ...{ id: plan.id, device: plan.device },
    startedAt: plan.startedAt.toISOString(),
    endedAt: plan.endedAt.toISOString(),
    answering: subject.answering,
    inferences: frames - errors,
    errors,
    skipped: 0,
    fallbacks: {},
    latencyMs: latency.build(),
    summary: {
      kind: 'classification/1',
      answers: frames - errors,
      labels: Object.fromEntries(counts),
      others: 0,
      confidence,
    },
    rssMb: { supervisor: 90, worker: 110 },
    ...(subject.shadow && {
      shadow: {
        ...subject.shadow,
        ...{ inferences: frames, errors: 0, latencyMs: shadowLatency.build() },
        comparison: compared(labels, [...pairs.values()]),
      },
    }),
  };
}

const compared = (labels: readonly string[], cells: [number, number, number][]): TaskComparison => ({
  kind: 'classification/1',
  frames: cells.reduce((sum, [, , frames]) => sum + frames, 0),
  table: { labels: [...labels], cells },
});

const latencyMs = (random: SeededRandom): number => TYPICAL_MS * Math.exp(0.15 * random.normal());
