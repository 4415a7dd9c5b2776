import type { ServerResponse } from 'node:http';
import { InferenceError } from '@hamon/inference';
import { refuse, type HttpFault } from '../http/problem-response.js';
import type { Route } from '../http/route.js';
import { MAX_VIEWERS, type LiveView } from './live-view.js';
import { MjpegViewer } from './mjpeg-viewer.js';

export interface LiveRoutesOptions {
  readonly live: LiveView;
  /** The streams that there are now. */
  readonly streams: () => readonly string[];
  /** How long a single picture is waited for. */
  readonly snapshotMs?: number;
}

const SNAPSHOT_MS = 5000;

/** `GET /v1/streams/{stream}/live` (MJPEG) and `…/snapshot.jpg`: what the model saw, with its answers drawn. */
export function liveRoutes(options: LiveRoutesOptions): readonly Route[] {
  const unknown = (stream: string): HttpFault | undefined => {
    const names = options.streams();
    if (names.includes(stream)) return undefined;
    const detail = `this device has no stream "${stream}"; there are ${names.join(', ')}`;
    return { status: 404, code: 'unknown-stream', detail };
  };
  return [
    {
      method: 'GET',
      path: '/v1/streams/:stream/live',
      handle: (request, response, { stream = '' }) => {
        const fault = unknown(stream) ?? watch(options.live, stream, response);
        if (fault) refuse(request, response, fault);
      },
    },
    {
      method: 'GET',
      path: '/v1/streams/:stream/snapshot.jpg',
      handle: async (request, response, { stream = '' }) => {
        const fault = unknown(stream) ?? (await take(options, stream, response));
        if (fault) refuse(request, response, fault);
      },
    },
  ];
}

function watch(live: LiveView, stream: string, response: ServerResponse): HttpFault | undefined {
  let onFree = (): void => undefined;
  const place = live.join(stream, () => new MjpegViewer(response, () => onFree()));
  if (!place) {
    const detail = `${MAX_VIEWERS} look already`;
    return { status: 503, code: 'too-many-viewers', detail, retryAfterMs: 5000 };
  }
  ({ onFree } = place);
  response.on('close', place.leave);
  return undefined;
}

async function take(
  { live, snapshotMs = SNAPSHOT_MS }: LiveRoutesOptions,
  stream: string,
  response: ServerResponse,
): Promise<HttpFault | undefined> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  try {
    const limit = AbortSignal.timeout(snapshotMs);
    const jpeg = await live.snapshot(stream, AbortSignal.any([gone.signal, limit]));
    if (jpeg === 'busy') {
      const detail = 'too many pictures are asked for at once';
      return { status: 503, code: 'overloaded', detail, retryAfterMs: 1000 };
    }
    if (!jpeg) {
      const detail = `the stream "${stream}" had no picture within ${snapshotMs / 1000} s`;
      return { status: 504, code: 'no-frame', detail };
    }
    response.writeHead(200, {
      'content-type': 'image/jpeg',
      'content-length': jpeg.byteLength,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
    });
    response.end(jpeg);
    return undefined;
  } catch (cause) {
    if (!(cause instanceof InferenceError)) throw cause;
    return { status: 422, code: 'undecodable', detail: cause.message };
  }
}
