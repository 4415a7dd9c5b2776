import { Socket } from 'node:net';
import { FrameReader, encodeHeader } from '@hamon/inference/protocol';
import { openSession } from '@hamon/inference/open-session';
import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { packMessage, unpackMessage } from '../../runtime/message.js';
import { runsPerBlock } from '../latency-plan.js';
import { LATENCY_FRAME, type DoneHead, type FailedHead, type LatencyHead } from './protocol.js';

/**
 * The child process that compares latencies: all variants of a model side by side in one process, one run at a time, in
 * alternating blocks, so that clock speed, neighbours and memory layout are the same for all.
 */
const pipe = new Socket({ fd: 3, readable: true, writable: true });
const PILOT_RUNS = 5;
const MAX_REQUEST_BYTES = 1024 ** 3;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
for (const event of ['end', 'close', 'error']) pipe.on(event, () => process.exit(0));

let model = 0;
const reader = new FrameReader({
  maxBodyBytes: MAX_REQUEST_BYTES,
  onFrame: (_kind, _id, body) => {
    measure(body).catch((cause: unknown) => {
      const detail = (cause instanceof Error ? cause.message : String(cause)).slice(0, 1000);
      send(LATENCY_FRAME.failed, packMessage({ model, detail } satisfies FailedHead));
    });
  },
});
pipe.on('data', (piece: Buffer) => reader.push(piece));

/** One loaded variant, its share of the runs, and what they took. */
interface Contender {
  readonly session: InferenceSession;
  readonly runs: number;
  readonly warmupRuns: number;
  /** In milliseconds, block after block. */
  readonly latencies: Float64Array;
}

type FeedAt = (run: number) => Readonly<Record<string, Tensor>>;

async function measure(body: Uint8Array): Promise<void> {
  const { head, blobs } = unpackMessage<LatencyHead>(body);
  const feeds = blobs.map((blob) => ({ [head.input]: tensorOf(blob, head.dims) }));
  const feedAt: FeedAt = (run) => feeds[run % feeds.length] as (typeof feeds)[number];
  const contenders: Contender[] = [];
  for (const path of head.models) {
    model = contenders.length;
    contenders.push(await load(path, head, feedAt));
  }
  for (let round = 0; round < head.plan.rounds; round += 1) {
    // There and back again: no variant always runs behind the same one.
    const order = contenders.map((_, index) => (round % 2 === 0 ? index : contenders.length - 1 - index));
    for (const index of order) {
      model = index;
      await runBlock(contenders[index] as Contender, round, feedAt);
    }
    send(LATENCY_FRAME.round, packMessage({ round: round + 1 }));
  }
  const done: DoneHead = { runs: contenders.map(({ runs }) => runs) };
  const blocks = contenders.map(({ latencies }) => new Uint8Array(latencies.buffer));
  send(LATENCY_FRAME.done, packMessage(done, blocks));
}

const tensorOf = ({ buffer, byteOffset, byteLength }: Uint8Array, dims: readonly number[]): Tensor =>
  new Tensor('float32', new Float32Array(buffer as ArrayBuffer, byteOffset, byteLength / 4), dims);

/** Loads a variant as the inference worker of a device does, and finds how many of its runs fit the budget. */
async function load(
  path: string,
  { models, threads, plan }: LatencyHead,
  feedAt: FeedAt,
): Promise<Contender> {
  const session = await openSession(path, { threads });
  await session.run(feedAt(0));
  const begin = performance.now();
  for (let run = 0; run < PILOT_RUNS; run += 1) await session.run(feedAt(run));
  const block = runsPerBlock(plan, models.length, (performance.now() - begin) / PILOT_RUNS);
  return { session, ...block, latencies: new Float64Array(plan.rounds * block.runs) };
}

async function runBlock(
  { session, runs, warmupRuns, latencies }: Contender,
  round: number,
  feedAt: FeedAt,
): Promise<void> {
  for (let run = 0; run < warmupRuns; run += 1) await session.run(feedAt(run));
  for (let run = 0; run < runs; run += 1) {
    const begin = performance.now();
    await session.run(feedAt(run));
    latencies[round * runs + run] = performance.now() - begin;
  }
}

function send(kind: number, body: Uint8Array): void {
  pipe.cork();
  pipe.write(encodeHeader(kind, 0, body.length));
  pipe.write(body);
  pipe.uncork();
}
