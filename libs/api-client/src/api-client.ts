import { pageOf, type Page } from '@hamon/contracts';
import type { z } from 'zod';
import { ApiError } from './api-error.js';
import {
  requestOf,
  type ApiRequest,
  type CallOptions,
  type OptionsFor,
  type UncheckedOptions,
} from './api-request.js';
import { decode } from './decode.js';
import { neverSent, refusalOf, unreachable, type Failure } from './failure.js';
import type { AnswerOf, ItemOf, ListRoute, Reading, Route } from './routes.js';

export interface ApiClientOptions {
  /** Base URL of the control plane, without `/v1`. */
  readonly server: string;
  readonly token: string;
  /** For example `hamon/1.2.3`. */
  readonly userAgent: string;
  /** Ends every request. */
  readonly signal?: AbortSignal | undefined;
}

/** Which items of a list. */
export type PageOptions<R extends ListRoute> = CallOptions<R> & {
  readonly limit: number;
  readonly after?: string | undefined;
};

export type ListOptions<R extends ListRoute> = CallOptions<R> & { readonly most?: number };

const TIMEOUT_MS = 30_000;
const ATTEMPTS = 4;
const LONGEST_WAIT_MS = 10_000;
const PAGE_LIMIT = 500;
const MOST_ITEMS = 100_000;

/**
 * The HTTP API of the control plane. Routes, what they take and what they answer are checked by the compiler; answers
 * are decoded by their schema as well, since a server may be of another version. Problems become `ApiError`, and what is
 * safe to repeat is repeated.
 */
export class ApiClient {
  readonly server: string;
  readonly signal: AbortSignal;

  constructor(private readonly options: ApiClientOptions) {
    this.server = options.server.replace(/\/+$/, '');
    this.signal = options.signal ?? new AbortController().signal;
  }

  /** What a route answers. */
  async call<R extends Route, S extends z.ZodType>(
    route: R,
    answer: S & Reading<S, AnswerOf<R>>,
    ...[options]: OptionsFor<CallOptions<R>>
  ): Promise<z.output<S>> {
    return this.read(route, answer, options ?? {});
  }

  /** All items of a list, page by page, up to `most`. */
  async list<R extends ListRoute, S extends z.ZodType>(
    route: R,
    item: S & Reading<S, ItemOf<R>>,
    ...[options]: OptionsFor<ListOptions<R>>
  ): Promise<readonly z.output<S>[]> {
    const { most = MOST_ITEMS, ...request }: UncheckedOptions & { most?: number } = options ?? {};
    return (await this.readPages(route, item, { ...request, limit: most }, false)).items;
  }

  /** Up to `limit` items from behind `after`, in as many requests as the server's pages need, counted in the first. */
  async page<R extends ListRoute, S extends z.ZodType>(
    route: R,
    item: S & Reading<S, ItemOf<R>>,
    options: PageOptions<R>,
  ): Promise<Page<z.output<S>>> {
    return this.readPages(route, item, options, true);
  }

  /**
   * The answer itself, whose status is a success. A write carries one `Idempotency-Key` through all attempts, so that an
   * answer lost on the way does not make it happen twice.
   *
   * @throws ApiError
   */
  async send<R extends Route>(route: R, ...[options]: OptionsFor<CallOptions<R>>): Promise<Response> {
    return this.sendRequest(requestOf(route, options ?? {}));
  }

  /** Waits, unless interrupted. */
  async pause(waitMs: number, own?: AbortSignal): Promise<void> {
    const signal = own ? AbortSignal.any([this.signal, own]) : this.signal;
    await sleep(waitMs, signal).catch((cause: unknown) => {
      throw interrupted(cause);
    });
  }

  private async read<S extends z.ZodType>(
    route: Route,
    answer: S,
    options: UncheckedOptions,
  ): Promise<z.output<S>> {
    const request = requestOf(route, options);
    const response = await this.sendRequest(request);
    const body = await response.text().catch((cause: unknown) => {
      throw unreachable(this.server, cause);
    });
    return decode(body, answer, `${request.method} ${request.path.split('?')[0]}`);
  }

  private async readPages<S extends z.ZodType>(
    route: Route,
    item: S,
    { limit, after, ...options }: UncheckedOptions & { limit: number; after?: string | undefined },
    isCounted: boolean,
  ): Promise<Page<z.output<S>>> {
    const page = pageOf(item);
    const items: z.output<S>[] = [];
    let next: string | null = after ?? null;
    let total: number | undefined;
    do {
      const query = {
        ...options.query,
        limit: Math.min(PAGE_LIMIT, limit - items.length),
        after: next ?? undefined,
        count: isCounted && items.length === 0 ? undefined : 'false',
      };
      const answer: z.output<typeof page> = await this.read(route, page, { ...options, query });
      items.push(...answer.items);
      ({ next } = answer);
      total ??= answer.total;
      // An empty page that is not the last would be asked for without an end.
      if (answer.items.length === 0) break;
    } while (next !== null && items.length < limit);
    return { items, next, ...(total === undefined ? {} : { total }) };
  }

  private async sendRequest(request: ApiRequest): Promise<Response> {
    const key = request.method === 'GET' || request.method === 'HEAD' ? undefined : crypto.randomUUID();
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.attempt(request, key);
      if (outcome instanceof Response) return outcome;
      if (!outcome.retryable || attempt === ATTEMPTS) throw outcome.error;
      const backoffMs = 200 * 2 ** (attempt - 1) * (0.5 + Math.random());
      await this.pause(Math.min(LONGEST_WAIT_MS, outcome.afterMs ?? backoffMs), request.signal);
    }
  }

  private async attempt(request: ApiRequest, key: string | undefined): Promise<Response | Failure> {
    const signals = [this.signal, AbortSignal.timeout(request.timeoutMs ?? TIMEOUT_MS)];
    if (request.signal) signals.push(request.signal);
    let response: Response;
    try {
      response = await fetch(this.server + request.path, {
        method: request.method,
        headers: {
          accept: 'application/json',
          authorization: `Bearer ${this.options.token}`,
          'user-agent': this.options.userAgent,
          ...(key === undefined ? {} : { 'idempotency-key': key }),
          ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
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
}

function bodyOf({ body, stream }: ApiRequest): RequestInit {
  if (stream) return { body: stream() as unknown as NonNullable<RequestInit['body']>, duplex: 'half' };
  return body === undefined ? {} : { body: JSON.stringify(body) };
}

/** Not the one of Node: browsers have none. */
const sleep = (waitMs: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const interrupt = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', interrupt);
      resolve();
    }, waitMs);
    signal.addEventListener('abort', interrupt, { once: true });
  });

const interrupted = (cause: unknown): ApiError => new ApiError('interrupted', 'interrupted', { cause });
