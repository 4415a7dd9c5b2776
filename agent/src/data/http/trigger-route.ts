import type { IncomingMessage, ServerResponse } from 'node:http';
import type { StreamStatus } from '../streams/streams.js';
import { correlationOf } from '../triggers/correlation-of.js';
import type { Asked, TriggerAnswer } from '../triggers/trigger.js';
import { FAILURE_STATUS } from './infer-route.js';
import { refuse, sendJson, sendProblem, type HttpFault } from './problem-response.js';
import { readBody } from './read-body.js';
import type { Route } from './route.js';

/** The streams as far as a trigger needs them. */
export interface AskedStreams {
  readonly streamStatus: readonly StreamStatus[];
  ask(stream: string, asked: Asked): Promise<TriggerAnswer | undefined>;
}

const MAX_BODY_BYTES = 16 * 1024;

export function triggerRoutes(streams: AskedStreams): readonly Route[] {
  const trigger = new TriggerRoute(streams);
  return [
    {
      ...{ method: 'POST', path: '/v1/streams/:stream/trigger' },
      handle: (request, response, { stream = '' }) => trigger.handle(request, response, stream.slice(0, 100)),
    },
  ];
}

/**
 * `POST /v1/streams/{stream}/trigger`: takes a frame of the stream now, where its source has one at any time, and answers
 * with its result, or its record.
 */
class TriggerRoute {
  constructor(private readonly streams: AskedStreams) {}

  async handle(request: IncomingMessage, response: ServerResponse, stream: string): Promise<void> {
    const fault = this.faultOf(stream);
    if (fault) {
      refuse(request, response, fault);
      return;
    }
    const body = await readBody(request, MAX_BODY_BYTES);
    const asked = body ? correlationOf(body) : new Error(`it has more than ${MAX_BODY_BYTES} bytes`);
    if (asked instanceof Error) {
      const detail = `the body is no trigger: ${asked.message}`;
      refuse(request, response, { status: body ? 400 : 413, code: 'bad-trigger', detail });
      return;
    }
    const answer = await this.streams.ask(stream, { kind: 'http', ...asked });
    if (!answer) sendProblem(response, unknown(stream, this.names));
    else send(response, answer, isForRecord(request));
  }

  private get names(): readonly string[] {
    return this.streams.streamStatus.map(({ name }) => name);
  }

  private faultOf(stream: string): HttpFault | undefined {
    const status = this.streams.streamStatus.find(({ name }) => name === stream);
    if (!status) return unknown(stream, this.names);
    const { config } = status;
    if (config.from) return undefined;
    switch (config.source.kind) {
      case 'http':
        return {
          ...{ status: 409, code: 'no-source' },
          detail: `the stream "${stream}" has no source to take a frame from: frames come to it by POST /v1/infer`,
        };
      case 'drop-folder':
        return {
          ...{ status: 409, code: 'no-newest-frame' },
          detail: `the stream "${stream}" answers each file of a drop folder in its turn: it has no newest frame to take`,
        };
      default:
        return undefined;
    }
  }
}

function send(response: ServerResponse, { outcome, record }: TriggerAnswer, isForRecord: boolean): void {
  if (outcome.ok) {
    sendJson(response, 200, isForRecord ? record : outcome.value);
    return;
  }
  const { code, detail, retryAfterMs } = outcome.error;
  const status = FAILURE_STATUS[code];
  sendProblem(response, {
    ...{ status, code, detail },
    ...(status === 503 && { retryAfterMs: retryAfterMs ?? 1000 }),
  });
}

/** `?as=record` asks for `hamon.record/2`, which holds verdict and correlation beside the result. */
const isForRecord = ({ url = '' }: IncomingMessage): boolean =>
  new URLSearchParams(url.split('?')[1]).get('as') === 'record';

const unknown = (stream: string, names: readonly string[]): HttpFault => ({
  ...{ status: 404, code: 'unknown-stream' },
  detail: `this device has no stream "${stream}"; there are ${names.join(', ')}`,
});
