import type { z } from 'zod';
import type { paths } from './generated/control-plane.js';

type Path = keyof paths & string;
type Verb = 'get' | 'head' | 'post' | 'put' | 'patch' | 'delete';

/** Every route of the control plane: `GET /v1/models`, `POST /v1/rollouts/{id}/pause`, … */
export type Route = {
  [P in Path]: {
    [V in Verb]: paths[P] extends Readonly<Record<V, object>> ? `${Uppercase<V>} ${P}` : never;
  }[Verb];
}[Path];

type Operation<R extends Route> = R extends `${infer V} ${infer P extends Path}`
  ? paths[P] extends Readonly<Record<Lowercase<V>, infer O>>
    ? O
    : never
  : never;

/** The values of a route's `{…}`, not encoded. */
export type ParamsOf<R extends Route> =
  Operation<R> extends { parameters: { path: infer P } } ? Readonly<P> : never;

/** What may be asked beside the path; what is undefined is not sent. */
export type QueryOf<R extends Route> =
  Operation<R> extends { parameters: { query?: infer Q } }
    ? { readonly [K in keyof NonNullable<Q>]?: NonNullable<Q>[K] | undefined }
    : never;

/** The JSON document that a route takes. */
export type BodyOf<R extends Route> =
  Operation<R> extends { requestBody: { content: { 'application/json': infer B } } } ? Stringified<B> : never;

type SuccessOf<R extends Route> =
  Operation<R> extends { responses: infer A } ? A[keyof A & (200 | 201)] : never;

/** The JSON document that a route answers. */
export type AnswerOf<R extends Route> =
  SuccessOf<R> extends { content: { 'application/json': infer A } } ? A : never;

/** One item of what a route lists. */
export type ItemOf<R extends Route> = AnswerOf<R> extends { items: (infer I)[] } ? I : never;

/** The routes that answer page by page. */
export type ListRoute = { [R in Route]: AnswerOf<R> extends { next: string | null } ? R : never }[Route];

/** A schema as it is where it reads what the server answers; where it does not, nothing that can be passed. */
export type Reading<S extends z.ZodType, Answer> = [Answer] extends [z.input<S>]
  ? S
  : { readonly 'the server answers something else': Answer };

/** What becomes a document by `JSON.stringify`, which leaves out what is undefined. */
type Stringified<T> = T extends readonly (infer I)[]
  ? readonly Stringified<I>[]
  : T extends object
    ? { readonly [K in keyof T]: Stringified<T[K]> | (IsOptional<T, K> extends true ? undefined : never) }
    : T;
type IsOptional<T, K extends keyof T> = Partial<Pick<T, K>> extends Pick<T, K> ? true : false;
