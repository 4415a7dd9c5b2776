import { availableParallelism } from 'node:os';
import { labelsOf, type CompressSamples } from '../source/open-samples.js';
import type { LatencyPlan } from './latency-plan.js';
import { measureLatency, type Latency, type TimedLatency } from './measure-latency.js';
import { qualityOf, type Quality } from './quality.js';
import { runVariant, type ModelPorts, type VariantRun } from './run-variant.js';

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

export interface MeasureRequest {
  /** The original first. */
  readonly models: readonly { readonly name: string; readonly path: string }[];
  /** Files whose latencies at one thread are taken in the same blocks, and nothing else. */
  readonly beside: readonly { readonly name: string; readonly path: string }[];
  readonly ports: ModelPorts;
  readonly samples: CompressSamples;
  readonly plan: LatencyPlan;
  readonly onStep: (phase: 'evaluate' | 'latency', text: string, done: number, total: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Quality, memory and load time of each variant alone, then the latencies of all side by side. */
export async function measureVariants(request: MeasureRequest): Promise<Measurements> {
  const { models, ports, samples, onStep, signal } = request;
  const { judging, evaluation, probe } = samples;
  const sets = {
    evaluation,
    calibration: judging,
    synthetic: judging === undefined && evaluation === undefined ? probe : undefined,
  };
  const present = (Object.keys(sets) as (keyof typeof sets)[]).flatMap((key) => {
    const set = sets[key];
    return set === undefined ? [] : [{ key, set, labels: labelsOf(set) }];
  });
  const isClassification = ports.output.labels !== undefined;
  const runs: (Omit<VariantRun, 'outputs'> & { quality: Partial<Record<keyof typeof sets, Quality>> })[] = [];
  let original: VariantRun['outputs'] | undefined;
  for (const [index, { name, path }] of models.entries()) {
    onStep('evaluate', `${name}: quality and memory`, index, models.length);
    const { outputs, loadMs, peakRssMb } = await runVariant(
      name,
      path,
      ports,
      present.map(({ set }) => set),
      signal,
    );
    original ??= outputs;
    const quality = Object.fromEntries(
      present.map(({ key, labels }, i) => [
        key,
        qualityOf({
          original: original?.[i] ?? [],
          outputs: outputs[i] ?? [],
          labels,
          isClassification,
        }),
      ]),
    );
    runs.push({ loadMs, peakRssMb, quality });
  }
  const oneThread = await latencies({ ...request, models: [...models, ...request.beside] }, 1);
  const cores = availableParallelism();
  const allThreads =
    request.plan.allThreads && cores > 1 ? await latencies(shorter(request), cores) : undefined;
  const variants = runs.map(({ quality, peakRssMb, loadMs }, index) => {
    const all = allThreads?.[index];
    return {
      ...quality,
      latency: {
        oneThread: wholeOf(oneThread[index] as TimedLatency),
        ...(all === undefined ? {} : { allThreads: wholeOf(all) }),
      },
      rssMb: peakRssMb,
      loadMs,
    };
  });
  return { variants, oneThread };
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
