import { availableParallelism } from 'node:os';
import type { Tensors } from '@hamon/tasks';
import type { SampleSource } from '../dataset/sample-source.js';
import type { LatencyPlan } from './latency-plan.js';
import { measureLatency, type Latency, type TimedLatency } from './measure-latency.js';
import { QualityMeter, type Quality } from './quality.js';
import { runVariant, type ServedModel } from './run-variant.js';

export interface MeasuredVariant {
  /** On the samples of `--evaluate`: for the reader. */
  readonly evaluation?: Quality;
  /** On calibration samples that nothing was made with: for choosing. */
  readonly calibration?: Quality;
  /** On synthetic inputs, where there are no images. */
  readonly synthetic?: Quality;
  readonly latency: { readonly oneThread: Latency; readonly allThreads?: Latency };
  /** Peak resident memory of a device's inference process with this variant alone, in MiB. */
  readonly rssMb: number;
  readonly loadMs: number;
}

export interface Measurements {
  /** In the order of the models. */
  readonly variants: readonly MeasuredVariant[];
  /** At one thread: of the models, and after them of `beside`. */
  readonly oneThread: readonly TimedLatency[];
}

/** The samples of a run that variants are measured on; see `CompressSamples`. */
export interface MeasuredSamples {
  readonly judging: SampleSource | undefined;
  readonly evaluation: SampleSource | undefined;
  readonly probe: SampleSource;
}

export interface MeasureRequest {
  /** The original first. */
  readonly models: readonly { readonly name: string; readonly path: string }[];
  /** Files whose latencies at one thread are taken in the same blocks, and nothing else. */
  readonly beside: readonly { readonly name: string; readonly path: string }[];
  readonly served: ServedModel;
  readonly samples: MeasuredSamples;
  readonly plan: LatencyPlan;
  readonly onStep: (phase: 'evaluate' | 'latency', text: string, done: number, total: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Quality, memory and load time of each variant alone, then the latencies of all side by side. */
export async function measureVariants(request: MeasureRequest): Promise<Measurements> {
  const alone = await measureAlone(request);
  const oneThread = await latencies({ ...request, models: [...request.models, ...request.beside] }, 1);
  const cores = availableParallelism();
  const allThreads =
    request.plan.allThreads && cores > 1 ? await latencies(shorter(request), cores) : undefined;
  const variants = alone.map(({ rssMb, loadMs, ...quality }, index) => {
    const all = allThreads?.[index];
    return {
      ...quality,
      latency: {
        oneThread: wholeOf(oneThread[index] as TimedLatency),
        ...(all === undefined ? {} : { allThreads: wholeOf(all) }),
      },
      rssMb,
      loadMs,
    };
  });
  return { variants, oneThread };
}

/** Each model in a process of its own, its answers held against those of the first. */
async function measureAlone(request: MeasureRequest): Promise<readonly Omit<MeasuredVariant, 'latency'>[]> {
  const { models, served, onStep, signal } = request;
  const sets = qualitySets(request.samples);
  const measured: Omit<MeasuredVariant, 'latency'>[] = [];
  let original: readonly QualityMeter[] | undefined;
  for (const [index, { name, path }] of models.entries()) {
    onStep('evaluate', `${name}: quality and memory`, index, models.length);
    const meters = sets.map(({ source }) => new QualityMeter(source));
    const tasks = sets.map(({ source }, at) => ({
      source,
      take: async (sample: number, outputs: Tensors) => meters[at]?.take(sample, outputs),
    }));
    const { loadMs, peakRssMb } = await runVariant(name, path, served, tasks, signal);
    original ??= meters;
    const found: QualityFigures = {};
    for (const [at, { figure }] of sets.entries()) {
      const [own, first] = [meters[at], original[at]];
      if (own !== undefined && first !== undefined) found[figure] = own.build(first);
    }
    measured.push({ ...found, rssMb: peakRssMb, loadMs });
  }
  return measured;
}

/** Absent are the figures for which there are no samples. */
type QualityFigures = { -readonly [Figure in QualityFigure]?: Quality };
type QualityFigure = 'evaluation' | 'calibration' | 'synthetic';

interface QualitySet {
  readonly figure: QualityFigure;
  readonly source: SampleSource;
}

function qualitySets({ judging, evaluation, probe }: MeasuredSamples): readonly QualitySet[] {
  const none = judging === undefined && evaluation === undefined;
  const sources: Readonly<Record<QualityFigure, SampleSource | undefined>> = {
    evaluation,
    calibration: judging,
    synthetic: none ? probe : undefined,
  };
  return (Object.keys(sources) as QualityFigure[]).flatMap((figure) => {
    const source = sources[figure];
    return source === undefined ? [] : [{ figure, source }];
  });
}

const wholeOf = ({ blocksP50Ms: _blocks, ...latency }: TimedLatency): Latency => latency;

/** All cores are for comparison only, and busy neighbours make them several times slower. */
function shorter(request: MeasureRequest): MeasureRequest {
  const { plan } = request;
  const rounds = Math.ceil(plan.rounds / 3);
  return { ...request, plan: { ...plan, rounds, budgetSeconds: plan.budgetSeconds / 3 } };
}

function latencies(
  { models, samples, plan, onStep, signal }: MeasureRequest,
  threads: number,
): Promise<readonly TimedLatency[]> {
  const text = threads === 1 ? 'latency at one thread' : `latency at ${threads} threads`;
  onStep('latency', text, 0, plan.rounds);
  return measureLatency({
    models,
    samples: samples.probe,
    threads,
    plan,
    signal,
    onRound: (round, rounds) => onStep('latency', text, round, rounds),
  });
}
