import { decode, unreachable, type ApiClient, type Route } from '@hamon/api-client';
import { HistoryEvent, POSITION_EVENT } from '@hamon/contracts';
import { EventSourceParserStream } from 'eventsource-parser/stream';

/** The routes that stream the history of one thing. */
export type EventsRoute = Extract<Route, `GET ${string}/{id}/events`>;

/** A stream lives as long as what it follows; the caller ends it. */
const FOREVER_MS = 2 ** 31 - 1;

/**
 * The events after `last` as the server sends them (server-sent events, WHATWG HTML 9.2), until it ends the stream.
 *
 * @throws ApiError where the stream is refused or breaks
 */
export async function* followedEvents(
  api: ApiClient,
  route: EventsRoute,
  id: string,
  last: number,
  signal: AbortSignal,
): AsyncGenerator<HistoryEvent> {
  const response = await api.send(route, {
    params: { id },
    headers: { accept: 'text/event-stream', ...(last >= 0 ? { 'last-event-id': String(last) } : {}) },
    timeoutMs: FOREVER_MS,
    signal,
  });
  if (!response.body) return;
  const events = response.body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream());
  try {
    for await (const { data, event } of events) {
      if (event !== POSITION_EVENT) yield decode(data, HistoryEvent, 'an event');
    }
  } catch (cause) {
    throw unreachable(api.server, cause);
  }
}
