import { createRequire } from 'node:module';
import { WorkerProcess } from '@hamon/inference';
import { CompressError } from '../errors.js';
import type { SampleSource } from '../dataset/sample-source.js';
import { packMessage, unpackMessage } from '../runtime/message.js';
import type { LatencyPlan } from './latency-plan.js';
import { quantile } from './quantile.js';
import {
  LATENCY_FRAME,
  type DoneHead,
  type FailedHead,
  type LatencyHead,
  type RoundHead,
} from './worker/protocol.js';

/** Latency of one variant at batch 1, one run at a time, in milliseconds of `session.run`. */
export interface Latency {
  readonly threads: number;
  readonly rounds: number;
  /** Measured runs in all. */
  readonly runs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** Median over the rounds of this variant's median over the first one's in the same round. */
  readonly ratio: number;
}

/** With what single blocks showed, for comparing two models round by round. */
export interface TimedLatency extends Latency {
  readonly blocksP50Ms: readonly number[];
}

export interface LatencyRequest {
  /** ONNX files; ratios are counted against the first. */
  readonly models: readonly { readonly name: string; readonly path: string }[];
  readonly samples: SampleSource;
  readonly threads: number;
  readonly plan: LatencyPlan;
  readonly onRound?: (round: number, rounds: number) => void;
  readonly signal?: AbortSignal | undefined;
}

const WORKER = createRequire(import.meta.url).resolve('@hamon/compress/latency-worker');
/** A round is bounded by the plan's budget; what takes so much longer hangs. */
const HANG_MS = 300_000;

/**
 * Latencies of the variants of one model, in one child process, in alternating blocks of unmeasured and measured runs.
 * @returns in the order of `models`
 * @throws CompressError `run-failed` naming the variant, `worker-crashed`, `worker-hung`, `cancelled`
 */
export async function measureLatency(request: LatencyRequest): Promise<readonly TimedLatency[]> {
  const { models, samples, threads, plan } = request;
  const count = Math.min(plan.samples, samples.count);
  const inputs: Uint8Array[] = [];
  for (let index = 0; index < count; index += 1) {
    // Spread over the whole set, whose files are in order of their class.
    const { buffer, byteOffset, byteLength } = await samples.batch(
      Math.floor((index * samples.count) / count),
    );
    inputs.push(new Uint8Array(buffer, byteOffset, byteLength));
  }
  const paths = models.map(({ path }) => path);
  const head: LatencyHead = { models: paths, input: samples.input, dims: samples.dims, threads, plan };
  const body = await ask(packMessage(head, inputs), request);
  const { head: done, blobs } = unpackMessage<DoneHead>(body);
  const latencies = blobs.map(
    ({ buffer, byteOffset, byteLength }) => new Float64Array(buffer, byteOffset, byteLength / 8),
  );
  const medians = latencies.map((values, index) => blockMedians(values, done.runs[index] ?? 1));
  return latencies.map((values, index) => ({
    threads,
    rounds: plan.rounds,
    runs: values.length,
    p50Ms: quantile(values, 0.5),
    p95Ms: quantile(values, 0.95),
    blocksP50Ms: medians[index] ?? [],
    ratio: quantile(
      (medians[index] ?? []).map((median, round) => median / (medians[0]?.[round] ?? NaN)),
      0.5,
    ),
  }));
}

function blockMedians(values: Float64Array, runs: number): readonly number[] {
  return Array.from({ length: values.length / runs }, (_, block) =>
    quantile(values.subarray(block * runs, (block + 1) * runs), 0.5),
  );
}

/** Starts the child, hands it the work and answers with the body of its last frame. */
function ask(message: Uint8Array, { models, plan, onRound, signal }: LatencyRequest): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(new CompressError('cancelled', 'the work was cancelled'));
      return;
    }
    let outcome: (() => void) | undefined;
    let watchdog: NodeJS.Timeout | undefined;
    const end = (settle: () => void): void => {
      outcome ??= settle;
      clearTimeout(watchdog);
      worker.kill();
    };
    const fail = (code: CompressError['code'], detail: string): void =>
      end(() => reject(new CompressError(code, detail)));
    const watch = (): void => {
      clearTimeout(watchdog);
      watchdog = setTimeout(
        () => fail('worker-hung', `no latencies within ${HANG_MS / 1000} s of one round`),
        HANG_MS,
      );
    };
    const abort = (): void => fail('cancelled', 'the work was cancelled');
    const worker = new WorkerProcess(
      {
        onFrame: (kind, _id, body) => {
          watch();
          if (kind === LATENCY_FRAME.round) onRound?.(unpackMessage<RoundHead>(body).head.round, plan.rounds);
          else if (kind === LATENCY_FRAME.done) end(() => resolve(body));
          else {
            const { model, detail } = unpackMessage<FailedHead>(body).head;
            fail('run-failed', `${models[model]?.name ?? 'a variant'} could not be measured: ${detail}`);
          }
        },
        // Settled only now: nobody goes on while the child still takes its share of the cores.
        onEnd: ({ exitCode, signal: killer, stderr }) => {
          clearTimeout(watchdog);
          signal?.removeEventListener('abort', abort);
          outcome ??= () =>
            reject(
              new CompressError(
                'worker-crashed',
                `the process that measures latencies ended with ${killer ?? `code ${exitCode ?? 'unknown'}`}${stderr === '' ? '' : `: ${stderr.slice(-300)}`}`,
              ),
            );
          outcome();
        },
      },
      { program: WORKER },
    );
    signal?.addEventListener('abort', abort);
    watch();
    worker.send(LATENCY_FRAME.measure, 0, message);
  });
}
