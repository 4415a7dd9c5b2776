import type { ServerResponse } from 'node:http';
import type { Problem } from '@hamon/contracts';

export interface HttpFault {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly retryAfterMs?: number;
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
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
export function sendProblem(
  response: ServerResponse,
  fault: HttpFault,
  headers: Record<string, string> = {},
): void {
  const { status, code, detail, retryAfterMs } = fault;
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

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
