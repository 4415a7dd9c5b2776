import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeProblems, fieldProblems, pageOf } from '@hamon/contracts';
import { z } from 'zod';
import { CliError } from '../cli-error.js';
import { CLI_VERSION } from '../cli-version.js';
import { ApiError } from './api-error.js';
import { neverSent, refusalOf, unreachable, type Failure } from './api-failure.js';

export interface ApiClientOptions {
  /** Base URL of the control plane, without `/v1`. */
  readonly server: string;
  readonly token: string;
  /** Ends every request. */
  readonly signal?: AbortSignal;
}

type Query = Readonly<Record<string, string | number | undefined>>;

export interface ApiRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `/v1/…`, its parts already encoded. */
  readonly path: string;
  readonly query?: Query;
  readonly json?: unknown;
  /** Opens the body anew for each attempt: a half-sent one cannot be sent again. */
  readonly stream?: () => AsyncIterable<Uint8Array>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  /** Sending it twice would do it twice, whatever key it carries: repeated only where it never arrived. */
  readonly once?: boolean;
  /** Ends this request alone. */
  readonly signal?: AbortSignal;
}

const TIMEOUT_MS = 30_000;
const ATTEMPTS = 4;
const LONGEST_WAIT_MS = 10_000;
const PAGE_LIMIT = 500;

/**
 * The HTTP API as a person or a CI job uses it: answers are decoded by their schema, problems become `ApiError`, and
 * what is safe to repeat is repeated.
 */
export class ApiClient {
  readonly server: string;
  readonly signal: AbortSignal;
  private readonly token: string;

  constructor({ server, token, signal = new AbortController().signal }: ApiClientOptions) {
    this.server = server.replace(/\/+$/, '');
    this.signal = signal;
    this.token = token;
  }

  get<T>(
    path: string,
    answer: z.ZodType<T>,
    options: { readonly query?: Query; readonly signal?: AbortSignal } = {},
  ): Promise<T> {
    return this.request({ method: 'GET', path, ...options }, answer);
  }

  post<T>(path: string, json: unknown, answer: z.ZodType<T>): Promise<T> {
    return this.request({ method: 'POST', path, json }, answer);
  }

  put<T>(path: string, json: unknown, answer: z.ZodType<T>): Promise<T> {
    return this.request({ method: 'PUT', path, json }, answer);
  }

  patch<T>(path: string, json: unknown, answer: z.ZodType<T>): Promise<T> {
    return this.request({ method: 'PATCH', path, json }, answer);
  }

  async request<T>(request: ApiRequest, answer: z.ZodType<T>): Promise<T> {
    const response = await this.send(request);
    const body = await response.text().catch((cause: unknown) => {
      throw unreachable(this.server, cause);
    });
    return decode(body, answer, `${request.method} ${request.path}`);
  }

  /** All items of a list, page by page, up to `most`. */
  async list<T>(path: string, item: z.ZodType<T>, query: Query = {}, most = 100_000): Promise<T[]> {
    return (await this.page(path, item, query, { limit: most, count: false })).items;
  }

  /** Up to `limit` items from behind `after`, in as many requests as the server's pages need, counted in the first. */
  async page<T>(
    path: string,
    item: z.ZodType<T>,
    query: Query,
    { limit, after, count = true }: { limit: number; after?: string | undefined; count?: boolean },
  ): Promise<{ items: T[]; next: string | null; total?: number }> {
    const page = pageOf(item);
    const items: T[] = [];
    let next: string | null = after ?? null;
    let total: number | undefined;
    do {
      const asked: Query = {
        ...query,
        limit: Math.min(PAGE_LIMIT, limit - items.length),
        after: next ?? undefined,
        count: count && items.length === 0 ? undefined : 'false',
      };
      const answer: z.infer<typeof page> = await this.get(path, page, { query: asked });
      items.push(...answer.items);
      ({ next } = answer);
      total ??= answer.total;
      // An empty page that is not the last would be asked for without an end.
      if (answer.items.length === 0) break;
    } while (next !== null && items.length < limit);
    return { items, next, ...(total === undefined ? {} : { total }) };
  }

  /**
   * The answer to a request, whose status is a success. A write carries one `Idempotency-Key` through all attempts, so
   * that an answer lost on the way does not make it happen twice.
   *
   * @throws ApiError; CliError `interrupted`
   */
  async send(request: ApiRequest): Promise<Response> {
    const key = request.method === 'GET' || request.method === 'HEAD' ? undefined : randomUUID();
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.attempt(request, key);
      if (outcome instanceof Response) return outcome;
      if (!outcome.retryable || attempt === ATTEMPTS) throw outcome.error;
      const backoffMs = 200 * 2 ** (attempt - 1) * (0.5 + Math.random());
      await this.pause(Math.min(LONGEST_WAIT_MS, outcome.afterMs ?? backoffMs), request.signal);
    }
  }

  /** Waits, unless interrupted. */
  async pause(waitMs: number, own?: AbortSignal): Promise<void> {
    const signal = own ? AbortSignal.any([this.signal, own]) : this.signal;
    await sleep(waitMs, undefined, { signal }).catch((cause: unknown) => {
      throw interrupted(cause);
    });
  }

  private async attempt(request: ApiRequest, key: string | undefined): Promise<Response | Failure> {
    const signals = [this.signal, AbortSignal.timeout(request.timeoutMs ?? TIMEOUT_MS)];
    if (request.signal) signals.push(request.signal);
    let response: Response;
    try {
      response = await fetch(this.urlOf(request), {
        method: request.method,
        headers: {
          accept: 'application/json',
          authorization: `Bearer ${this.token}`,
          'user-agent': `hamon/${CLI_VERSION}`,
          ...(key === undefined ? {} : { 'idempotency-key': key }),
          ...(request.json === undefined ? {} : { 'content-type': 'application/json' }),
          ...request.headers,
        },
        // A redirect must not take the token elsewhere.
        redirect: 'manual',
        signal: AbortSignal.any(signals),
        ...bodyOf(request),
      });
    } catch (cause) {
      if (this.signal.aborted || request.signal?.aborted) throw interrupted(cause);
      return { error: unreachable(this.server, cause), retryable: request.once !== true || neverSent(cause) };
    }
    return response.ok ? response : refusalOf(response, this.server);
  }

  private urlOf({ path, query = {} }: ApiRequest): string {
    const url = new URL(this.server + path);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined && value !== '') url.searchParams.set(name, String(value));
    }
    return url.href;
  }
}

function bodyOf({ json, stream }: ApiRequest): RequestInit {
  if (stream) return { body: stream() as unknown as NonNullable<RequestInit['body']>, duplex: 'half' };
  return json === undefined ? {} : { body: JSON.stringify(json) };
}

const interrupted = (cause: unknown): CliError => new CliError('interrupted', 'interrupted', { cause });

/** JSON text of the server → what the contract promises. */
export function decode<T>(body: string, answer: z.ZodType<T>, what: string): T {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch (cause) {
    throw new ApiError('unexpected-answer', `${what}: the answer is not JSON`, { cause });
  }
  const parsed = answer.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new ApiError(
    'unexpected-answer',
    `${what}: the answer is not as agreed: ${describeProblems(fieldProblems(parsed.error))}`,
    { cause: parsed.error, hint: 'Is the server of another version than this program?' },
  );
}
