import { Problem } from '@hamon/contracts';
import { ApiError } from './api-error.js';

const RETRIED_STATUS = new Set([429, 502, 503, 504]);

/** A request without a usable answer, and whether sending it again may help. */
export interface Failure {
  readonly error: ApiError;
  readonly retryable: boolean;
  /** When the server wants to be asked again. */
  readonly afterMs?: number;
}

/** An answer that is no success → the error that says so. */
export async function refusalOf(response: Response, url: string): Promise<Failure> {
  const { status } = response;
  const body = await response.text().catch(() => '');
  if (status >= 300 && status < 400) {
    const to = response.headers.get('location') ?? 'elsewhere';
    const detail = `${url} redirects to ${to}; use that address`;
    return { error: new ApiError('unexpected-answer', detail, { status }), retryable: false };
  }
  const problem = problemOf(body);
  const retryable = RETRIED_STATUS.has(status) || problem?.code === 'request-in-progress';
  const afterSeconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  const afterMs = Number.isFinite(afterSeconds) ? { afterMs: afterSeconds * 1000 } : {};
  if (!problem) {
    const detail = `${url} answered ${status} ${response.statusText}`.trimEnd();
    return { error: new ApiError('unexpected-answer', detail, { status }), retryable, ...afterMs };
  }
  const { code, detail, errors = [] } = problem;
  return { error: new ApiError(code, detail, { status, fields: errors }), retryable, ...afterMs };
}

function problemOf(body: string): Problem | undefined {
  try {
    return Problem.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}

/** A request that got no answer, or only a part of one. */
export function unreachable(url: string, cause: unknown): ApiError {
  if (cause instanceof ApiError) return cause;
  return new ApiError('unreachable', `no answer from ${url}: ${reasonOf(cause)}`, { cause });
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was cut',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'its name could not be resolved',
  UND_ERR_SOCKET: 'the connection was cut',
  UND_ERR_CONNECT_TIMEOUT: 'it took too long to connect',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed (NODE_EXTRA_CA_CERTS names one to trust)',
  CERT_HAS_EXPIRED: 'its certificate has expired',
};

/** `fetch failed` alone helps nobody: the innermost reason does. */
function reasonOf(cause: unknown): string {
  if (textOf(cause, 'name') === 'TimeoutError') return 'it took too long';
  const code = systemCodeOf(cause);
  if (code !== undefined) return REASONS[code] ?? code;
  return textOf(innerOf(cause), 'message') ?? textOf(cause, 'message') ?? String(cause);
}

/** Is it certain that the request did not reach the server? */
export function neverSent(cause: unknown): boolean {
  return NEVER_SENT.has(systemCodeOf(cause) ?? '');
}

const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);

/** `fetch` wraps what the socket said; bodies fail with it unwrapped. */
const systemCodeOf = (cause: unknown): string | undefined =>
  textOf(innerOf(cause), 'code') ?? textOf(cause, 'code');

const innerOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'cause' in error ? error.cause : undefined;

/** A member of an error, by name: its class may be of another realm. */
function textOf(error: unknown, member: 'name' | 'message' | 'code'): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const value = (error as Record<string, unknown>)[member];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
