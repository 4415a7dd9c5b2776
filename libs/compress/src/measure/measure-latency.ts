import { median, quantile } from '@hamon/stats';
import type { SampleSource } from '../dataset/sample-source.js';
import { packMessage, unpackMessage } from '../runtime/message.js';
import type { LatencyPlan } from './latency-plan.js';
import { LatencyProcess } from './latency-process.js';
import type { DoneHead, LatencyHead } from './worker/protocol.js';

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

/**
 * Latencies of the variants of one model, in one child process, in alternating blocks of unmeasured and measured runs.
 * @returns in the order of `models`
 * @throws CompressError `run-failed` naming the variant, `worker-crashed`, `worker-hung`, `cancelled`
 */
export async function measureLatency(request: LatencyRequest): Promise<readonly TimedLatency[]> {
  const { models, samples, threads, plan } = request;
  const paths = models.map(({ path }) => path);
  const head: LatencyHead = { models: paths, input: samples.input, dims: samples.dims, threads, plan };
  const message = packMessage(head, await inputsOf(samples, plan.samples));
  const { head: done, blobs } = unpackMessage<DoneHead>(await LatencyProcess.ask(message, request));
  const latencies = blobs.map(
    ({ buffer, byteOffset, byteLength }) => new Float64Array(buffer, byteOffset, byteLength / 8),
  );
  const blocks = latencies.map((values, index) => blockMedians(values, done.runs[index] ?? 1));
  return latencies.map((values, index) => {
    const own = blocks[index] ?? [];
    return {
      threads,
      rounds: plan.rounds,
      runs: values.length,
      p50Ms: median(values),
      p95Ms: quantile(values, 0.95),
      blocksP50Ms: own,
      ratio: median(own.map((ms, round) => ms / (blocks[0]?.[round] ?? NaN))),
    };
  });
}

/** Spread over the whole set, whose files are in order of their class. */
async function inputsOf(samples: SampleSource, most: number): Promise<readonly Uint8Array[]> {
  const count = Math.min(most, samples.count);
  const inputs: Uint8Array[] = [];
  for (let index = 0; index < count; index += 1) {
    const at = Math.floor((index * samples.count) / count);
    const { buffer, byteOffset, byteLength } = await samples.batch(at);
    inputs.push(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return inputs;
}

function blockMedians(values: Float64Array, runs: number): readonly number[] {
  return Array.from({ length: values.length / runs }, (_, block) =>
    median(values.subarray(block * runs, (block + 1) * runs)),
  );
}
