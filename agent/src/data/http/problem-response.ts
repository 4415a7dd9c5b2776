import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Problem } from '@hamon/contracts';

export interface HttpFault {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly retryAfterMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  413: 'Content too large',
  415: 'Unsupported media type',
  422: 'Unprocessable content',
  500: 'Internal error',
  503: 'Service unavailable',
  504: 'Gateway timeout',
};

/** RFC 9457 problem details. */
export function sendProblem(response: ServerResponse, fault: HttpFault): void {
  const { status, code, detail, retryAfterMs, headers } = fault;
  const problem: Problem = {
    schema: 'hamon.problem/1',
    type: 'about:blank',
    title: TITLES[status] ?? 'Error',
    status,
    detail,
    code,
  };
  response.writeHead(status, {
    'content-type': 'application/problem+json',
    ...(retryAfterMs !== undefined && { 'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1000))) }),
    ...headers,
  });
  response.end(JSON.stringify(problem));
}

/** The rest of the body is not wanted: with the answer the connection ends. */
export function refuse(request: IncomingMessage, response: ServerResponse, fault: HttpFault): void {
  const isWhole = request.complete || request.method === 'GET';
  sendProblem(response, isWhole ? fault : { ...fault, headers: { ...fault.headers, connection: 'close' } });
  request.resume();
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
