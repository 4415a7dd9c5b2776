import type { IncomingMessage, ServerResponse } from 'node:http';

/** What the parts `:name` of a route's path stand for, as they came: names of ours need no escape. */
export type RouteParameters = Readonly<Record<string, string>>;

/** One path of the local HTTP, given by whoever answers it. */
export interface Route {
  readonly method: 'GET' | 'POST';
  /** `/v1/streams/:stream/live`; a part `:name` is exactly one segment. */
  readonly path: string;
  /** Answers everybody, without a token. Only for what says nothing of the plant. */
  readonly isOpen?: boolean;
  readonly handle: (
    request: IncomingMessage,
    response: ServerResponse,
    parameters: RouteParameters,
  ) => Promise<void> | void;
}
