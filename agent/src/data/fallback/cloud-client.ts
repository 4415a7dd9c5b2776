import { InferenceResult, type Result } from '@hamon/contracts';
import { encodedFrame } from '../encoded-frame.js';
import type { Frame } from '../frame.js';

export interface CloudClientOptions {
  /** The control plane's base URL. */
  readonly serverUrl: string;
  /** A fresh or still valid device token for the API; asked for each request. */
  readonly token: () => Promise<string>;
}

export interface CloudFailure {
  /**
   * - `unreachable`: no connection, or it broke
   * - `too-slow`: no answer within the deadline
   * - `unavailable`: the server cannot answer now (5xx, 429), knows no cloud model (404) or not this device (401, 403)
   * - `frame-refused`: the server answers, but not for this frame (another 4xx)
   * - `bad-answer`: the answer is not what the API promises
   */
  readonly code: 'unreachable' | 'too-slow' | 'unavailable' | 'frame-refused' | 'bad-answer';
  readonly detail: string;
}

export type CloudOutcome = Result<InferenceResult, CloudFailure>;

/** A mask of a few megapixels as run lengths, and room. */
const MAX_ANSWER_BYTES = 4 * 1024 ** 2;
const ACCEPT = 'application/vnd.hamon.result.2+json, application/json';
const UNAVAILABLE = new Set([401, 403, 404, 408, 429]);

/** Asks the control plane's cloud model about one frame, with the bytes as they came from the source. */
export class CloudClient {
  private readonly options: CloudClientOptions;

  constructor(options: CloudClientOptions) {
    this.options = options;
  }

  /** One outcome by the deadline, whatever the network does. */
  async ask(model: string, frame: Frame, deadlineMs: number): Promise<CloudOutcome> {
    const signal = AbortSignal.timeout(deadlineMs);
    try {
      const { mediaType, bytes } = await bodyOf(frame);
      const response = await fetch(
        new URL(`/v1/inference/${encodeURIComponent(model)}`, this.options.serverUrl),
        {
          method: 'POST',
          headers: {
            authorization: `Bearer ${await withSignal(this.options.token(), signal)}`,
            'content-type': mediaType,
            accept: ACCEPT,
          },
          body: bytes,
          signal,
          redirect: 'error',
        },
      );
      if (response.ok) return parseAnswer(model, await readBounded(response));
      await response.body?.cancel();
      const unavailable = response.status >= 500 || UNAVAILABLE.has(response.status);
      return failure(unavailable ? 'unavailable' : 'frame-refused', `HTTP ${response.status}`);
    } catch (cause) {
      if (signal.aborted) return failure('too-slow', `no answer within ${deadlineMs} ms`);
      return failure('unreachable', describe(cause));
    }
  }
}

interface Body {
  readonly mediaType: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

async function bodyOf(frame: Frame): Promise<Body> {
  if (frame.kind !== 'tensor') {
    const { mediaType, bytes } = await encodedFrame(frame);
    return { mediaType, bytes: bytes as Uint8Array<ArrayBuffer> };
  }
  const { data, form } = frame;
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength) as Uint8Array<ArrayBuffer>;
  return { mediaType: `application/octet-stream${form === undefined ? '' : `; form=${form}`}`, bytes };
}

async function readBounded(response: Response): Promise<string | undefined> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    length += piece.byteLength;
    // Leaving the loop cancels the body.
    if (length > MAX_ANSWER_BYTES) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function parseAnswer(model: string, text: string | undefined): CloudOutcome {
  if (text === undefined) return failure('bad-answer', `more than ${MAX_ANSWER_BYTES} bytes`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return failure('bad-answer', 'not JSON');
  }
  const parsed = InferenceResult.safeParse(json);
  if (!parsed.success) return failure('bad-answer', 'not a hamon.result/2');
  return parsed.data.model === model
    ? { ok: true, value: parsed.data }
    : failure('bad-answer', `an answer of ${parsed.data.model}, not ${model}`);
}

/** The token may itself need the network; the frame's deadline holds for it too. */
async function withSignal<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  return Promise.race([promise, aborted]);
}

const failure = (code: CloudFailure['code'], detail: string): CloudOutcome => ({
  ok: false,
  error: { code, detail },
});

function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  // fetch says only "fetch failed"; the reason is one level down.
  return cause.cause instanceof Error ? cause.cause.message : cause.message;
}
