import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Frame, FrameFailure } from '../frame.js';
import type { ModelDoor } from '../model-door.js';
import { refuse, sendJson, sendProblem, type HttpFault } from './problem-response.js';
import { readBody } from './read-body.js';
import type { Route } from './route.js';

export interface InferRouteOptions {
  readonly models: ModelDoor;
  readonly maxBodyBytes?: number;
}

const MAX_BODY_BYTES = 16 * 1024 ** 2;

/** Bodies read at once; together with the body limit this bounds what clients can make the agent hold. */
const MAX_BODIES = 4;

export const FAILURE_STATUS: Readonly<Record<FrameFailure['code'], number>> = {
  overloaded: 503,
  stopping: 503,
  'no-model': 503,
  unanswered: 503,
  'no-frame': 504,
  undecodable: 422,
  'input-mismatch': 400,
};

/** `POST /v1/models/{model}/infer` and `POST /v1/infer`: one image or tensor in, one `hamon.result/2` out. */
export function inferRoutes(options: InferRouteOptions): readonly Route[] {
  const infer = new InferRoute(options);
  return [
    { method: 'POST', path: '/v1/infer', handle: (request, response) => infer.handle(request, response) },
    {
      method: 'POST',
      path: '/v1/models/:model/infer',
      handle: (request, response, { model }) => infer.handle(request, response, model),
    },
  ];
}

class InferRoute {
  private readonly options: InferRouteOptions;
  private bodies = 0;

  constructor(options: InferRouteOptions) {
    this.options = options;
  }

  /** @param named the model that the path names, if it names one */
  async handle(request: IncomingMessage, response: ServerResponse, named?: string): Promise<void> {
    const target = this.target(named);
    if ('status' in target) {
      refuse(request, response, target);
      return;
    }
    const frame = await this.receive(request);
    if ('status' in frame) {
      refuse(request, response, frame);
      return;
    }
    const outcome = await this.options.models.infer(frame, target.model);
    if (outcome.ok) {
      sendJson(response, 200, outcome.value);
      return;
    }
    const { code, detail, retryAfterMs } = outcome.error;
    sendProblem(response, {
      status: FAILURE_STATUS[code],
      code,
      detail,
      ...(FAILURE_STATUS[code] === 503 && { retryAfterMs: retryAfterMs ?? 1000 }),
    });
  }

  private target(named: string | undefined): { readonly model: string | null } | HttpFault {
    const { models } = this.options.models;
    if (named !== undefined) {
      if (models.includes(named)) return { model: named };
      const detail =
        models.length === 0
          ? `this device runs no model yet, and so none named "${named}"`
          : `this device runs no model "${named}"; it runs ${models.join(', ')}`;
      return { status: 404, code: 'unknown-model', detail };
    }
    const [first = null, ...others] = models;
    if (others.length === 0) return { model: first };
    const detail = `this device runs several models: name one, as in /v1/models/${first}/infer; there are ${models.join(', ')}`;
    return { status: 409, code: 'several-models', detail };
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
      const { maxBodyBytes = MAX_BODY_BYTES } = this.options;
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
