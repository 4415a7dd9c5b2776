import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { describeProblems, Problem } from '@hamon/contracts';
import { z } from 'zod';
import { ApiError } from './api-error.js';

export interface ApiClientOptions {
  /** Base URL of the control plane, without `/v1`. */
  readonly server: string;
  readonly token: string;
  readonly timeoutMs?: number;
  /** Further tries after a broken connection or a 502, 503 or 504. */
  readonly retries?: number;
}

interface RequestOptions {
  readonly body?: unknown;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'HEAD';

const RETRIED_STATUS = new Set([502, 503, 504]);
const MAX_PAGES = 10_000;

/**
 * The HTTP API as a person or a CI job uses it: answers are decoded by their schema, problems become `ApiError`, and
 * what is safe to repeat is repeated. Writes carry an idempotency key, so that a repeated one counts once.
 */
export class ApiClient {
  readonly #options: Required<ApiClientOptions>;

  constructor(options: ApiClientOptions) {
    this.#options = { timeoutMs: 150_000, retries: 3, ...options };
  }

  get<T>(path: string, schema: z.ZodType<T>, options: RequestOptions = {}): Promise<T> {
    return this.#json('GET', path, schema, options);
  }

  post<T>(path: string, body: unknown, schema: z.ZodType<T>): Promise<T> {
    return this.#json('POST', path, schema, { body });
  }

  put<T>(path: string, body: unknown, schema: z.ZodType<T>): Promise<T> {
    return this.#json('PUT', path, schema, { body });
  }

  patch<T>(path: string, body: unknown, schema: z.ZodType<T>): Promise<T> {
    return this.#json('PATCH', path, schema, { body });
  }

  /** Every item of a paged list. */
  async list<T>(path: string, item: z.ZodType<T>, query: RequestOptions['query'] = {}): Promise<T[]> {
    const page = z.object({ items: z.array(item), next: z.string().nullable() });
    const items: T[] = [];
    let after: string | undefined;
    for (let pages = 0; pages < MAX_PAGES; pages++) {
      const { items: more, next } = await this.get(path, page, { query: { ...query, limit: '500', after } });
      items.push(...more);
      if (next === null) return items;
      after = next;
    }
    throw new ApiError('unexpected-answer', `${path}: the list does not end`);
  }

  /** Streams a file to the artifact store, unless it is there already. */
  async uploadArtifact(
    filePath: string,
    sha256: string,
    lengthBytes: number,
  ): Promise<'uploaded' | 'present'> {
    const path = `/v1/artifacts/${sha256}`;
    const head = await this.#send('HEAD', path, {}, () => undefined);
    if (head.ok) return 'present';
    if (head.status !== 404) throw await problemOf(head, path);
    const answer = await this.#send(
      'PUT',
      path,
      { 'content-type': 'application/octet-stream', 'content-length': String(lengthBytes) },
      // A stream per try: a half-sent one cannot be sent again.
      () => Readable.toWeb(createReadStream(filePath)) as ReadableStream,
    );
    if (!answer.ok) throw await problemOf(answer, path);
    await answer.body?.cancel();
    return 'uploaded';
  }

  /** A server-sent event stream; the caller reads and cancels the body. */
  async events(
    path: string,
    lastEventId: string | undefined,
    signal: AbortSignal,
  ): Promise<ReadableStream<Uint8Array>> {
    const answer = await fetch(new URL(path, this.#options.server), {
      headers: {
        ...this.#authorization(),
        accept: 'text/event-stream',
        ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
      },
      signal,
    });
    if (!answer.ok || !answer.body) throw await problemOf(answer, path);
    return answer.body;
  }

  async #json<T>(
    method: Method,
    path: string,
    schema: z.ZodType<T>,
    { body, query = {}, signal }: RequestOptions,
  ): Promise<T> {
    const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
    const target = given.length > 0 ? `${path}?${new URLSearchParams(given).toString()}` : path;
    const answer = await this.#send(
      method,
      target,
      body === undefined ? {} : { 'content-type': 'application/json' },
      () => (body === undefined ? undefined : JSON.stringify(body)),
      signal,
    );
    if (!answer.ok) throw await problemOf(answer, path);
    const parsed = schema.safeParse(await answer.json().catch(() => undefined));
    if (parsed.success) return parsed.data;
    throw new ApiError(
      'unexpected-answer',
      `${path}: the server's answer is not understood; do the versions match?`,
      {
        cause: parsed.error,
      },
    );
  }

  async #send(
    method: Method,
    path: string,
    headers: Record<string, string>,
    body: () => string | ReadableStream | undefined,
    signal?: AbortSignal,
  ): Promise<Response> {
    const url = new URL(path, this.#options.server);
    const key = method === 'GET' || method === 'HEAD' ? {} : { 'idempotency-key': randomUUID() };
    for (let attempt = 0; ; attempt++) {
      const last = attempt >= this.#options.retries;
      const payload = body();
      try {
        const timeout = AbortSignal.timeout(this.#options.timeoutMs);
        const answer = await fetch(url, {
          method,
          headers: { ...this.#authorization(), ...headers, ...key },
          signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
          ...(payload === undefined ? {} : { body: payload, duplex: 'half' }),
        } as RequestInit);
        if (last || !RETRIED_STATUS.has(answer.status)) return answer;
        await answer.body?.cancel();
      } catch (cause) {
        if (signal?.aborted || last) {
          throw new ApiError('unreachable', `cannot reach ${url.origin}: ${rootMessage(cause)}`, { cause });
        }
      }
      await delay(200 * 2 ** attempt);
    }
  }

  #authorization(): Record<string, string> {
    return { authorization: `Bearer ${this.#options.token}` };
  }
}

/** RFC 9457 problem details → `ApiError`, with the broken rules spelled out. */
async function problemOf(answer: Response, path: string): Promise<ApiError> {
  const text = await answer.text().catch(() => '');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  const problem = Problem.safeParse(json);
  if (!problem.success)
    return new ApiError('unexpected-answer', `${path}: HTTP ${answer.status}`, { status: answer.status });
  const { code, detail, errors = [] } = problem.data;
  const rules = errors.length > 0 ? ` (${describeProblems(errors)})` : '';
  return new ApiError(code, `${detail}${detail.includes(rules.slice(2, -1)) ? '' : rules}`, {
    status: answer.status,
  });
}

/** The innermost reason: `fetch failed` alone helps nobody. */
function rootMessage(error: unknown): string {
  let current = error;
  while (current instanceof Error && current.cause !== undefined) current = current.cause;
  return current instanceof Error ? current.message || current.name : String(current);
}
