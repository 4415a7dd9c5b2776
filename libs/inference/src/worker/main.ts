import { Socket, type OnReadOpts, type SocketConstructorOpts } from 'node:net';
import { preferAsOomVictim } from '../limits/prefer-as-oom-victim.js';
import { FrameReader, HEADER_BYTES, encodeHeader, writeHeader } from '../protocol/frame.js';
import { tensorBytes, tensorParts } from '../protocol/tensors.js';
import {
  FRAME,
  MAX_ANSWER_BYTES,
  MAX_LOAD_BYTES,
  type LoadedModelFacts,
  type LoadRequest,
  type WorkerFault,
  type WorkerMemory,
} from '../protocol/messages.js';
import type { NamedTensor } from '@hamon/tasks';
import { setNice } from '../limits/set-nice.js';
import { Session, SessionFault, textOf } from './session.js';

/**
 * The inference child process: one model, one pipe (file descriptor 3), no other way in or out. It imports nothing that it
 * could do without, because its resident memory is paid once per loaded version.
 */
const PIPE_FD = 3;
const READ_BYTES = 64 * 1024;
const MB = 1024 * 1024;
/** The largest image that a bundle may name, as floats. */
const MAX_INPUT_BYTES = 256 * MB;

let session: Session | undefined;
let inputBody: Uint8Array | undefined;

const reader = new FrameReader({
  maxBodyBytes: MAX_INPUT_BYTES,
  allocate: (_kind, bodyBytes) => {
    if (!session && bodyBytes > MAX_LOAD_BYTES) throw new RangeError(`a load request of ${bodyBytes} bytes`);
    if (bodyBytes <= HEADER_BYTES) return new Uint8Array(bodyBytes);
    if (inputBody?.length !== bodyBytes) inputBody = new Uint8Array(bodyBytes);
    return inputBody;
  },
  onFrame: (kind, id, body) => void handle(kind, id, body),
});

/** One buffer for all reads: each would have one of 64 KiB otherwise, and a frame several of them. */
const onread: OnReadOpts = {
  buffer: new Uint8Array(READ_BYTES),
  callback: (bytes, buffer) => {
    reader.push(buffer.subarray(0, bytes));
    return true;
  },
};
// Its types know the option for sockets that connect alone.
const pipe = new Socket({ fd: PIPE_FD, readable: true, writable: true, onread } as SocketConstructorOpts);

// The pipe's end is the only order to go. A terminal's Ctrl-C or a service manager's SIGTERM reaches this process as
// well, and answers that the supervisor still waits for would be lost.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
pipe.on('end', () => process.exit(0));
pipe.on('close', () => process.exit(0));
pipe.on('error', () => process.exit(0));

preferAsOomVictim();

async function handle(kind: number, id: number, body: Uint8Array): Promise<void> {
  switch (kind) {
    case FRAME.load:
      await load(JSON.parse(Buffer.from(body).toString('utf8')) as LoadRequest);
      break;
    case FRAME.ping:
      sendJson(FRAME.pong, id, memory());
      break;
    case FRAME.runPixels:
    case FRAME.runTensor:
      await run(kind, id, body);
      break;
    default:
      throw new Error(`unknown frame kind ${kind}`);
  }
}

async function load(request: LoadRequest): Promise<void> {
  const begin = performance.now();
  const { nice, executionProvider = 'cpu' } = request;
  try {
    // Threads take the level of the one that makes them.
    const niceRefused = nice === undefined ? undefined : setNice(process.pid, nice);
    session = await Session.load(request);
    const { inputs, outputs } = session;
    const loadMs = performance.now() - begin;
    const facts: LoadedModelFacts = {
      ...{ inputs, outputs, loadMs, executionProvider, niceRefused },
      ...memory(),
    };
    sendJson(FRAME.loaded, 0, facts);
  } catch (cause) {
    sendJson(FRAME.loadFailed, 0, faultOf(cause, 'model-unloadable'));
    pipe.end(() => process.exit(0));
  }
}

async function run(kind: number, id: number, body: Uint8Array): Promise<void> {
  try {
    if (!session) throw new Error('a run before the model was loaded');
    const begin = performance.now();
    const tensors =
      kind === FRAME.runPixels
        ? await session.runPixels(body)
        : await session.runTensor(new Float32Array(body.buffer, body.byteOffset, body.length >>> 2));
    sendResult(id, performance.now() - begin, tensors);
  } catch (cause) {
    sendJson(FRAME.runFailed, id, faultOf(cause, 'run-failed'));
  }
}

/** Up to here one copy costs less than a write of several pieces. */
const SMALL_BYTES = 64 * 1024;

function sendResult(id: number, runMs: number, tensors: readonly NamedTensor[]): void {
  const bodyBytes = tensors.reduce((sum, tensor) => sum + tensorBytes(tensor), 8);
  if (bodyBytes > MAX_ANSWER_BYTES) throw tooLarge(bodyBytes);
  const head = Buffer.allocUnsafe(HEADER_BYTES + 8);
  writeHeader(head, FRAME.result, id, bodyBytes);
  head.writeDoubleLE(runMs, HEADER_BYTES);
  const parts = [head, ...tensors.flatMap(tensorParts)];
  if (bodyBytes <= SMALL_BYTES) {
    pipe.write(Buffer.concat(parts));
    return;
  }
  // The arrays are this run's own: nobody writes into them until they are sent.
  pipe.cork();
  for (const part of parts) if (part.length > 0) pipe.write(part);
  pipe.uncork();
}

function tooLarge(bytes: number): SessionFault {
  const detail = `the model's outputs take ${Math.ceil(bytes / MB)} MB a frame, at most ${MAX_ANSWER_BYTES / MB} MB are read`;
  return new SessionFault({ code: 'labels-mismatch', detail });
}

function sendJson(kind: number, id: number, value: LoadedModelFacts | WorkerFault | WorkerMemory): void {
  const body = Buffer.from(JSON.stringify(value));
  pipe.write(Buffer.concat([encodeHeader(kind, id, body.length), body]));
}

const faultOf = (cause: unknown, code: WorkerFault['code']): WorkerFault =>
  cause instanceof SessionFault ? cause.fault : { code, detail: textOf(cause) };

const memory = (): WorkerMemory => ({
  rssMb: process.memoryUsage.rss() / MB,
  peakRssMb: process.resourceUsage().maxRSS / 1024,
});
