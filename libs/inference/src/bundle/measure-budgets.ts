import { err, ok, type BundleDocument, type DevicePolicy, type Result } from '@hamon/contracts';
import { median, quantile } from '@hamon/stats';
import { taskNamed, type Decode } from '@hamon/tasks';
import type { InferenceHost } from '../host/inference-host.js';
import type { RunOutcome } from '../host/run-queue.js';
import { problemOf } from './problem-of.js';
import type { BundleProblem } from './read-bundle.js';
import { syntheticPixels } from './synthetic-images.js';

/** Cost of one model, one frame in flight. Latency is the host's round trip and decoding, the child process included. */
export interface MeasuredCost {
  readonly runs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly rssMb: number;
  /** The first measurement broke the budget and a second one decided. */
  readonly measuredTwice: boolean;
  /** The budget that is broken, if one is. */
  readonly breach?: BundleProblem;
}

/**
 * Warms up, measures, and compares with the budgets; a breach of latency is measured once more before it counts. The frame is
 * a synthetic one, whose outputs have to be an answer as well.
 */
export async function measureBudgets(
  host: InferenceHost,
  { task, input, output, budgets }: BundleDocument,
  policy: DevicePolicy['selfTest'],
): Promise<Result<MeasuredCost, BundleProblem>> {
  try {
    const frame = syntheticPixels(input, 0);
    const decoder = taskNamed(task).decoder(output, input);
    const size = { width: input.width, height: input.height };
    const decode = ({ tensors }: RunOutcome): ReturnType<Decode> => decoder(tensors, size);
    const answer = decode(await host.run(frame));
    if (!answer.ok) return err(answer.error);
    const timed = (runs: number): Promise<Float64Array> => latencies(host, frame, runs, decode);
    await timed(policy.warmupRuns);
    let measured = await timed(policy.runs);
    const measuredTwice = quantile(measured, 0.95) > budgets.p95Ms;
    if (measuredTwice) measured = await timed(policy.runs);
    const p95Ms = quantile(measured, 0.95);
    const rssMb = await host.rssMb();
    const breach = breachOf(p95Ms, rssMb, policy.runs, budgets);
    return ok({
      runs: policy.runs,
      p50Ms: median(measured),
      p95Ms,
      rssMb,
      measuredTwice,
      ...(breach === undefined ? {} : { breach }),
    });
  } catch (cause) {
    return err(problemOf(cause));
  }
}

function breachOf(
  p95Ms: number,
  rssMb: number,
  runs: number,
  budgets: BundleDocument['budgets'],
): BundleProblem | undefined {
  if (p95Ms > budgets.p95Ms)
    return {
      code: 'latency-budget',
      detail: `p95 is ${p95Ms.toFixed(2)} ms over ${runs} runs, measured twice; budgets.p95Ms is ${budgets.p95Ms}`,
    };
  if (rssMb > budgets.rssMb)
    return {
      code: 'memory-budget',
      detail: `the inference process takes ${rssMb.toFixed(0)} MB, budgets.rssMb is ${budgets.rssMb}`,
    };
  return undefined;
}

async function latencies(
  host: InferenceHost,
  frame: Uint8Array,
  runs: number,
  decode: (outcome: RunOutcome) => unknown,
): Promise<Float64Array> {
  const measured = new Float64Array(runs);
  for (let i = 0; i < runs; i += 1) {
    const begin = performance.now();
    decode(await host.run(frame));
    measured[i] = performance.now() - begin;
  }
  return measured;
}
