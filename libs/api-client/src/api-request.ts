import type { BodyOf, ParamsOf, QueryOf, Route } from './routes.js';

/** Options of any request. */
export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  /** Sending it twice would do it twice, whatever key it carries: repeated only where it never arrived. */
  readonly once?: boolean;
  /** Ends this request alone. */
  readonly signal?: AbortSignal;
  /** Opens the body anew for each attempt: a half-sent one cannot be sent again. */
  readonly stream?: () => AsyncIterable<Uint8Array>;
}

type IfDeclared<T, Then, Else> = [T] extends [never] ? Else : Then;

/** Options of a route: its parameters and its body are required where it has them. */
export type CallOptions<R extends Route> = RequestOptions & { readonly query?: QueryOf<R> } & IfDeclared<
    ParamsOf<R>,
    { readonly params: ParamsOf<R> },
    unknown
  > &
  IfDeclared<BodyOf<R>, { readonly body: BodyOf<R> }, unknown>;

/** Optional where nothing in it is required. */
export type OptionsFor<T> = Partial<T> extends T ? [options?: T] : [options: T];

/** A request as it is sent. */
export interface ApiRequest extends RequestOptions {
  readonly method: string;
  /** With its parts encoded and the query. */
  readonly path: string;
  readonly body?: unknown;
}

/** The same options once the compiler has checked them. */
export interface UncheckedOptions extends RequestOptions {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
}

/** A route and its options → the request to send. */
export function requestOf(route: Route, options: UncheckedOptions): ApiRequest {
  const { params = {}, query = {}, ...rest } = options;
  const [method = '', template = ''] = route.split(' ');
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') search.set(name, String(value));
  }
  // A POST without a body of its own carries an empty document.
  const body = rest.body ?? (method === 'POST' && !rest.stream ? {} : undefined);
  return { ...rest, body, method, path: search.size === 0 ? path : `${path}?${search}` };
}
