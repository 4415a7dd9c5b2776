import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FrameRouter } from '../frame-router.js';
import type { Frame, FrameFailure } from '../frame.js';
import { sendJson, sendProblem, type HttpFault } from './problem-response.js';
import { readBody } from './read-body.js';

export interface InferRouteOptions {
  readonly router: Pick<FrameRouter, 'infer'>;
  readonly maxBodyBytes: number;
}

/** Bodies read at once; together with the body limit this bounds what clients can make the agent hold. */
const MAX_BODIES = 4;

const STATUS: Readonly<Record<FrameFailure['code'], number>> = {
  overloaded: 503,
  stopping: 503,
  'no-model': 503,
  unanswered: 503,
  undecodable: 422,
  'input-mismatch': 400,
};

/** `POST /v1/infer`: one image or tensor in, one `hamon.result/1` out. */
export class InferRoute {
  private readonly options: InferRouteOptions;
  private bodies = 0;

  constructor(options: InferRouteOptions) {
    this.options = options;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const frame = await this.receive(request);
    if ('status' in frame) {
      // The rest of the body is not wanted: with the answer the connection ends.
      sendProblem(response, frame, request.complete ? {} : { connection: 'close' });
      request.resume();
      return;
    }
    const outcome = await this.options.router.infer(frame);
    if (outcome.ok) {
      sendJson(response, 200, outcome.value);
      return;
    }
    const { code, detail, retryAfterMs } = outcome.error;
    sendProblem(response, {
      status: STATUS[code],
      code,
      detail,
      ...(STATUS[code] === 503 && { retryAfterMs: retryAfterMs ?? 1000 }),
    });
  }

  private async receive(request: IncomingMessage): Promise<Frame | HttpFault> {
    const mediaType = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
    if (!isWelcome(mediaType)) {
      const detail = 'content-type must be image/png, image/jpeg or application/octet-stream';
      return { status: 415, code: 'unsupported-media-type', detail };
    }
    if (this.bodies >= MAX_BODIES) {
      return {
        status: 503,
        code: 'overloaded',
        detail: `${MAX_BODIES} bodies are being read`,
        retryAfterMs: 1000,
      };
    }
    this.bodies += 1;
    try {
      const { maxBodyBytes } = this.options;
      const body = await readBody(request, maxBodyBytes);
      if (!body)
        return { status: 413, code: 'too-large', detail: `a body has at most ${maxBodyBytes} bytes` };
      if (mediaType !== 'application/octet-stream') return { kind: 'image', bytes: body, mediaType };
      if (body.length % 4 !== 0) {
        const detail = `a tensor is little-endian float32: ${body.length} bytes are no multiple of 4`;
        return { status: 400, code: 'input-mismatch', detail };
      }
      // Copied: a body may begin at any offset, floats may not.
      return { kind: 'tensor', data: new Float32Array(new Uint8Array(body).buffer) };
    } finally {
      this.bodies -= 1;
    }
  }
}

type MediaType = 'image/png' | 'image/jpeg' | 'application/octet-stream';

const isWelcome = (type: string | undefined): type is MediaType =>
  type === 'image/png' || type === 'image/jpeg' || type === 'application/octet-stream';
