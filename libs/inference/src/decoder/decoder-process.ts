import { createRequire } from 'node:module';
import { InferenceError } from '../inference-error.js';
import { WorkerProcess, type WorkerEnd } from '../host/worker-process.js';
import { processMemoryMb } from '../limits/process-memory.js';
import type { DecodedImage } from '../image/image-form.js';
import { watchUse } from '../limits/watch-use.js';
import { DECODER_FRAME, packDecode, SIZE_BYTES, unpackDecoded, type DecodeHead } from './protocol.js';

export interface DecoderLimits {
  /** From the call to the samples; an image that takes longer is refused. */
  readonly deadlineMs: number;
  /** Resident memory of the process in MiB (Linux only); an image that takes more is refused. */
  readonly maxMemoryMb: number;
}

interface Asked {
  readonly id: number;
  readonly resolve: (image: DecodedImage) => void;
  readonly reject: (error: InferenceError) => void;
}

const PROGRAM = createRequire(import.meta.url).resolve('@hamon/inference/decoder-worker');
/** The largest input that a bundle may name, as 8-bit samples. */
const MAX_SAMPLES_BYTES = 64 * 1024 * 1024;
const LOOK_AT_MEMORY_MS = 50;

/** One decoder in a process of its own, one image at a time. An image that breaks a limit ends it, and nothing else. */
export class DecoderProcess {
  private readonly worker: WorkerProcess;
  private asked: Asked | undefined;
  private nextId = 1;
  private gone = false;
  readonly ended: Promise<void>;

  constructor(private readonly limits: DecoderLimits) {
    let settle = (): void => undefined;
    this.ended = new Promise((resolve) => (settle = resolve));
    this.worker = new WorkerProcess(
      {
        onFrame: (kind, id, body) => this.receive(kind, id, body),
        onEnd: (end) => {
          this.gone = true;
          this.fail(new InferenceError('worker-crashed', describe(end)));
          settle();
        },
      },
      { program: PROGRAM, maxAnswerBytes: MAX_SAMPLES_BYTES + SIZE_BYTES },
    );
  }

  get isAlive(): boolean {
    return !this.gone;
  }

  get pid(): number | undefined {
    return this.worker.pid;
  }

  /** @throws InferenceError `image-invalid`; `worker-crashed` where something else ended the process */
  async decode(image: Uint8Array, head: DecodeHead): Promise<DecodedImage> {
    if (this.asked) throw new Error('a decoder has one image at a time');
    const { deadlineMs, maxMemoryMb } = this.limits;
    const { pid } = this.worker;
    const refuse = (message: string): void => this.kill(new InferenceError('image-invalid', message));
    const clock = setTimeout(
      () => refuse(`the image was not decoded within ${deadlineMs / 1000} s`),
      deadlineMs,
    );
    const unwatch = watchUse(
      () => (pid === undefined ? Promise.resolve(undefined) : processMemoryMb(pid)),
      maxMemoryMb,
      (usedMb) =>
        refuse(`decoding the image took ${Math.round(usedMb)} MB, at most ${maxMemoryMb} MB are allowed`),
      LOOK_AT_MEMORY_MS,
    );
    try {
      return await new Promise<DecodedImage>((resolve, reject) => {
        if (this.gone) {
          reject(new InferenceError('worker-crashed', 'the decoder has ended'));
          return;
        }
        this.asked = { id: this.nextId, resolve, reject };
        this.nextId += 1;
        this.worker.send(DECODER_FRAME.decode, this.asked.id, packDecode(head, image));
      });
    } finally {
      clearTimeout(clock);
      unwatch();
    }
  }

  /** Ends the process; it holds nothing that a kill could break. */
  kill(reason = new InferenceError('stopped', 'the decoder was stopped')): void {
    this.gone = true;
    this.worker.kill();
    this.fail(reason);
  }

  private receive(kind: number, id: number, body: Uint8Array): void {
    const { asked } = this;
    if (asked?.id !== id) return;
    this.asked = undefined;
    if (kind === DECODER_FRAME.decoded) asked.resolve(unpackDecoded(body));
    else asked.reject(new InferenceError('image-invalid', Buffer.from(body).toString('utf8')));
  }

  private fail(error: InferenceError): void {
    this.asked?.reject(error);
    this.asked = undefined;
  }
}

function describe({ exitCode, signal, stderr }: WorkerEnd): string {
  const how = signal === null ? `ended with code ${exitCode ?? 'unknown'}` : `was killed by ${signal}`;
  return `the decoder ${how}${stderr === '' ? '' : `: ${stderr.slice(-200)}`}`;
}
