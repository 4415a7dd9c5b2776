import {
  ORIGINAL_VARIANT,
  type BenchmarkPlan,
  type BenchmarkResult,
  type LatencyFigures,
} from '@hamon/contracts';
import { quantile } from '@hamon/stats';
import { planTimingGroups } from '../core/plan-timing-groups.js';
import type { DecodedFrame } from '../data/decoded-frame.js';
import type { FrameActivity } from '../data/frame-activity.js';
import { IdleRuns } from './idle-runs.js';
import { inputsOf, AnswerComparison } from './answer-comparison.js';
import { measureAlone, type AloneOutcome } from './measure-alone.js';
import { timeGroup, type FitVariant, type TimeGroupOptions } from './time-group.js';
import { GUESSED_CHILD_MB, type MemoryGuard } from './memory-guard.js';
import type { Subject } from './subject.js';

export interface MeasureParts {
  readonly plan: BenchmarkPlan;
  readonly memory: MemoryGuard;
  readonly activity: FrameActivity;
  /** The last live frames, up to so many; waits a while for those that are still to come. */
  readonly frames: (count: number) => Promise<readonly DecodedFrame[]>;
  /** Of this machine. */
  readonly cores: number;
  readonly loadTimeoutMs: number;
  readonly executionProviders?: readonly string[] | undefined;
  readonly signal: AbortSignal;
  /** What it does now; called `stepsOf` times where all variants fit into memory together. */
  readonly onStep: (text: string) => void;
}

export const stepsOf = ({ rounds }: BenchmarkPlan, variants: number, cores: number): number =>
  variants + rounds + (cores > 1 ? fewer(rounds) : 0);

/** All cores are for comparison only, and cost the device's other work more. */
const fewer = (rounds: number): number => Math.ceil(rounds / 3);

/**
 * Measures every variant alone, then times them side by side at one thread and at all, and compares their answers.
 *
 * @throws AgentError `no-memory`; InferenceError `worker-crashed`, `worker-hung`; the signal's reason
 */
export async function measureVersion(
  subjects: readonly Subject[],
  parts: MeasureParts,
): Promise<readonly BenchmarkResult[]> {
  const { activity, plan, cores, signal, onStep } = parts;
  const runs = new IdleRuns(activity, signal);
  const alone = new Map<string, AloneOutcome>();
  const fit: FitVariant[] = [];
  for (const subject of subjects) {
    onStep(`${subject.variant}: golden samples and memory`);
    const options = { ...parts, threads: 1 };
    const outcome = await measureAlone(subject, runs, options, largest(fit));
    alone.set(subject.variant, outcome);
    if ('figures' in outcome) fit.push({ subject, alone: outcome.figures });
  }
  let comparison: AnswerComparison | undefined;
  const one = await timeAll(fit, runs, {
    ...{ ...parts, threads: 1 },
    onRound: () => onStep('latency at one thread'),
    afterwards: async (hosts) => {
      const [first] = fit;
      if (first) comparison ??= await comparisonOf(first, parts, runs);
      await comparison?.compare(hosts);
    },
  });
  const all =
    cores > 1
      ? await timeAll(fit, runs, {
          ...{ ...parts, threads: cores },
          plan: { ...plan, rounds: fewer(plan.rounds), budgetSeconds: plan.budgetSeconds / 3 },
          onRound: () => onStep(`latency at ${cores} threads`),
        })
      : undefined;
  return subjects.map(({ variant, bundle, modelBytes }): BenchmarkResult => {
    const outcome = alone.get(variant);
    if (!outcome || !('figures' in outcome)) {
      return { variant, bundle, figures: null, unfit: outcome?.unfit ?? null };
    }
    const { rssMb, loadMs } = outcome.figures;
    const figures = {
      bytes: modelBytes,
      oneThread: figuresOf(one.get(variant) ?? [], 1),
      ...(all && { allThreads: figuresOf(all.get(variant) ?? [], cores) }),
      ...{ rssMb, loadMs },
      ...(comparison?.of(variant) ?? { samples: 0 }),
    };
    return { variant, bundle, figures, unfit: null };
  });
}

const largest = (variants: readonly FitVariant[]): number =>
  Math.max(GUESSED_CHILD_MB, ...variants.map(({ alone }) => alone.rssMb));

/** In as many groups as memory asks for. What is in several of them (the original) has the times of all. */
async function timeAll(
  variants: readonly FitVariant[],
  runs: IdleRuns,
  options: TimeGroupOptions,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const times = new Map<string, number[]>();
  const names = variants.map(({ subject }) => subject.variant);
  const reference = names.includes(ORIGINAL_VARIANT) ? ORIGINAL_VARIANT : names[0];
  if (reference === undefined) return times;
  const childMb = largest(variants);
  const { memory } = options;
  const groups = planTimingGroups(names, reference, memory.capacity(childMb));
  if (!groups) throw memory.refusal(Math.min(2, names.length), childMb);
  for (const group of groups) {
    const members = variants.filter(({ subject }) => group.includes(subject.variant));
    for (const [variant, more] of await timeGroup(members, runs, options)) {
      const known = times.get(variant) ?? [];
      times.set(variant, known);
      for (const time of more) known.push(time);
    }
  }
  return times;
}

/** On live frames, or on the golden images where none has come. */
async function comparisonOf(
  { subject, alone }: FitVariant,
  { frames, plan }: MeasureParts,
  runs: IdleRuns,
): Promise<AnswerComparison> {
  const { samples } = plan;
  const { document } = subject;
  const live = await inputsOf(await frames(samples), document.input, samples);
  return new AnswerComparison(live.length > 0 ? live : alone.inputs, document, ORIGINAL_VARIANT, runs);
}

const figuresOf = (times: readonly number[], threads: number): LatencyFigures => ({
  threads,
  runs: times.length,
  p50Ms: quantile(times, 0.5),
  p95Ms: quantile(times, 0.95),
});
