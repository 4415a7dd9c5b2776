import { Socket } from 'node:net';
import { FrameReader, encodeHeader } from '@hamon/inference/protocol';
import { openSession } from '@hamon/inference/open-session';
import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { packMessage, unpackMessage } from '../message.js';
import {
  MAX_FRAME_BYTES,
  TENSOR_FRAME,
  type FaultHead,
  type LoadHead,
  type LoadedHead,
  type ResultHead,
  type RunHead,
} from '../protocol.js';
import { ARRAYS } from '../tensor-value.js';

/**
 * The child process of a TensorSession: one model, one pipe (file descriptor 3). The session is never released, the
 * process ends with it (onnxruntime-node leaks on release).
 */
const pipe = new Socket({ fd: 3, readable: true, writable: true });
const MB = 1024 * 1024;
let session: InferenceSession | undefined;

// The pipe's end is the only order to go: answers that the parent still waits for outlive a terminal's Ctrl-C.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
for (const event of ['end', 'close', 'error']) pipe.on(event, () => process.exit(0));

const reader = new FrameReader({
  maxBodyBytes: MAX_FRAME_BYTES,
  onFrame: (kind, id, body) => void handle(kind, id, body),
});
pipe.on('data', (piece: Buffer) => reader.push(piece));

async function handle(kind: number, id: number, body: Uint8Array): Promise<void> {
  try {
    if (kind === TENSOR_FRAME.load) await load(id, body);
    else await run(id, body);
  } catch (cause) {
    const detail = (cause instanceof Error ? cause.message : String(cause)).slice(0, 1000);
    send(TENSOR_FRAME.failed, id, packMessage({ detail } satisfies FaultHead));
  }
}

async function load(id: number, body: Uint8Array): Promise<void> {
  const { head, blobs } = unpackMessage<LoadHead>(body);
  const [bytes] = blobs;
  session = await openSession(head.modelPath ?? bytes ?? '', {
    threads: head.threads,
    optimize: head.optimize,
    optimizedModelPath: head.optimizedModelPath,
    // Idle threads that spin take the core that the parent reads the answer on.
    spin: false,
  });
  const loaded: LoadedHead = {
    inputs: session.inputMetadata.map(factsOf),
    outputs: session.outputMetadata.map(factsOf),
  };
  send(TENSOR_FRAME.loaded, id, packMessage(loaded));
}

async function run(id: number, body: Uint8Array): Promise<void> {
  if (session === undefined) throw new Error('a run before the model was loaded');
  const { head, blobs } = unpackMessage<RunHead>(body);
  const feeds: Record<string, Tensor> = {};
  head.feeds.forEach(({ name, type, dims }, index) => {
    const blob = blobs[index] ?? new Uint8Array(0);
    const array = ARRAYS[type];
    const data = new array(
      blob.buffer as ArrayBuffer,
      blob.byteOffset,
      blob.byteLength / array.BYTES_PER_ELEMENT,
    );
    feeds[name] = new Tensor(type, data as Float32Array, dims);
  });
  const results = await session.run(feeds, [...head.fetches]);
  const tensors: { name: string; dims: readonly number[] }[] = [];
  const values: Uint8Array[] = [];
  for (const name of head.fetches) {
    const value = results[name];
    if (value === undefined || !('data' in value)) throw new Error(`output "${name}" is no tensor`);
    const floats = await asFloats(value as Tensor);
    tensors.push({ name, dims: value.dims });
    values.push(new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength));
  }
  const memory = {
    rssMb: process.memoryUsage.rss() / MB,
    peakRssMb: process.resourceUsage().maxRSS / 1024,
  };
  send(TENSOR_FRAME.result, id, packMessage({ tensors, memory } satisfies ResultHead, values));
}

function send(kind: number, id: number, body: Uint8Array): void {
  pipe.cork();
  pipe.write(encodeHeader(kind, id, body.length));
  pipe.write(body);
  pipe.uncork();
}

function factsOf(metadata: InferenceSession.ValueMetadata) {
  return metadata.isTensor
    ? { name: metadata.name, type: metadata.type as string, shape: [...metadata.shape] }
    : { name: metadata.name, type: 'no tensor', shape: [] };
}

/** Any numeric tensor's values as float32; float32 itself without a copy. */
async function asFloats(tensor: Tensor): Promise<Float32Array> {
  const { data } = tensor;
  const type: string = tensor.type;
  if (data instanceof Float32Array) return data;
  // Newer runtimes hand float16 out as Float16Array where it exists, older ones always as its bits.
  if ((type === 'float16' || type === 'bfloat16') && data instanceof Uint16Array) {
    // Loading it takes as long as starting this process; hardly any model has such outputs.
    const { bfloatToFloat, halfToFloat } = await import('@hamon/onnx');
    return Float32Array.from(data, type === 'float16' ? halfToFloat : bfloatToFloat);
  }
  if (Array.isArray(data)) throw new Error(`a ${type} tensor has no numbers`);
  return Float32Array.from(data as ArrayLike<number>, Number);
}
