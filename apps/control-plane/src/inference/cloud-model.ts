import type { AnswerOf, BundleInput, FrameSize } from '@hamon/contracts';
import {
  InferenceError,
  openModel,
  tensorForm,
  type DecodedImage,
  type InferenceHost,
} from '@hamon/inference';
import { taskNamed, type Decode } from '@hamon/tasks';
import { ControlPlaneError } from '../platform/errors.js';
import type { Log } from '../platform/log.js';
import type { CloudModelSource, LendFolder } from './cloud-model-source.js';

export type CloudFrame =
  | { readonly kind: 'image'; readonly bytes: Uint8Array }
  | {
      readonly kind: 'tensor';
      readonly bytes: Uint8Array;
      /** `tensorForm` of the input that it was made for; undefined where the sender does not say. */
      readonly form?: string | undefined;
    };

/** What the model says, and of what size the frame was. */
export interface CloudAnswer {
  readonly frame: FrameSize;
  readonly output: AnswerOf;
}

const HANG_MS = 30_000;
const LOAD_TIMEOUT_MS = 60_000;
const RUN_DEADLINE_MS = 10_000;
const MAX_WAITING = 16;
const FIRST_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 60_000;

/**
 * One version that answers in the cloud: a child process that starts at the first request and again after a crash,
 * each time after a longer wait.
 */
export class CloudModel {
  private host: Promise<InferenceHost> | undefined;
  private failures = 0;
  private notBefore = 0;
  private readonly decode: Decode;
  private readonly stopping = new AbortController();
  private cleared: Promise<void> = Promise.resolve();
  lastUsed = Date.now();

  constructor(
    readonly source: CloudModelSource,
    private readonly lend: LendFolder,
    private readonly maxMemoryMb: number,
    private readonly log: Log,
  ) {
    const { task, input, output } = source.bundle;
    this.decode = taskNamed(task).decoder(output, input);
  }

  /** @throws ControlPlaneError `input-refused`, `overloaded`, `cloud-model-failed` */
  async answer(
    frame: CloudFrame,
    decodeImage: (bytes: Uint8Array, input: BundleInput) => Promise<DecodedImage>,
  ): Promise<CloudAnswer> {
    this.lastUsed = Date.now();
    const { input } = this.source.bundle;
    try {
      const [data, size] =
        frame.kind === 'image'
          ? await decodeImage(frame.bytes, input).then((image) => [image.pixels, image.frame] as const)
          : ([asTensor(frame, input), { width: input.width, height: input.height }] as const);
      const host = await this.loaded();
      const { tensors } = await host.run(data, { deadlineMs: RUN_DEADLINE_MS });
      this.failures = 0;
      const answer = this.decode(tensors, size);
      if (!answer.ok) throw new InferenceError(answer.error.code, answer.error.detail);
      return { frame: size, output: answer.value };
    } catch (error) {
      throw asRefusal(error);
    }
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    const host = await this.host?.catch(() => undefined);
    await host?.stop();
    await this.cleared;
  }

  private loaded(): Promise<InferenceHost> {
    if (this.stopping.signal.aborted) throw new InferenceError('stopped', 'the cloud model was replaced');
    if (this.host) return this.host;
    const waitMs = this.notBefore - Date.now();
    if (waitMs > 0) {
      throw new ControlPlaneError('cloud-model-failed', 'The cloud model failed and is started again soon.', {
        retryAfterSeconds: Math.ceil(waitMs / 1000),
      });
    }
    const host = this.start();
    this.host = host;
    host.catch((cause: unknown) => this.failed(host, cause));
    return host;
  }

  private async start(): Promise<InferenceHost> {
    const { bundle } = this.source;
    const { modelPath, remove } = await this.lend(this.source);
    const clear = (): void => {
      this.cleared = remove().catch((cause: unknown) =>
        this.log.error("a cloud model's folder could not be removed", cause),
      );
    };
    try {
      const host = await openModel(bundle, {
        modelPath,
        intraOpNumThreads: 1,
        hangMs: HANG_MS,
        loadTimeoutMs: LOAD_TIMEOUT_MS,
        maxWaiting: MAX_WAITING,
        maxMemoryMb: this.maxMemoryMb,
        signal: this.stopping.signal,
      });
      host.onExit(({ code, detail }) => {
        clear();
        if (code !== 'stopped') this.failed(this.host, new InferenceError(code, detail));
      });
      return host;
    } catch (cause) {
      clear();
      throw cause;
    }
  }

  /** Only the current child counts: a late message of an earlier one must not remove its successor. */
  private failed(host: Promise<InferenceHost> | undefined, cause: unknown): void {
    if (this.stopping.signal.aborted || host === undefined || this.host !== host) return;
    this.host = undefined;
    this.notBefore = Date.now() + Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** this.failures);
    this.failures += 1;
    this.log.error('a cloud model failed', cause, { model: this.source.key, version: this.source.version });
  }
}

/** Little-endian float32 values; copied, because a request's bytes may lie at any address. */
function asTensor({ bytes, form }: CloudFrame & { kind: 'tensor' }, input: BundleInput): Float32Array {
  if (form !== undefined && form !== tensorForm(input)) {
    throw new InferenceError('input-mismatch', 'the tensor was made for a model with another input');
  }
  if (bytes.byteLength % 4 !== 0) {
    throw new InferenceError(
      'input-mismatch',
      `${bytes.byteLength} bytes are no whole number of float32 values`,
    );
  }
  return new Float32Array(new Uint8Array(bytes).buffer);
}

function asRefusal(error: unknown): unknown {
  if (!(error instanceof InferenceError)) return error;
  switch (error.code) {
    case 'image-invalid':
    case 'input-mismatch':
      return new ControlPlaneError('input-refused', `${error.message}.`, { cause: error });
    case 'overloaded':
    case 'too-slow':
      return new ControlPlaneError('overloaded', 'The cloud model has too much to do.', {
        retryAfterSeconds: 1,
        cause: error,
      });
    default:
      return new ControlPlaneError('cloud-model-failed', `The cloud model failed: ${error.message}.`, {
        retryAfterSeconds: 1,
        cause: error,
      });
  }
}
