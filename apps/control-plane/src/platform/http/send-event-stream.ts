import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';

/** PostgreSQL's `integer`, as sequence numbers are; anything else in the header means from the beginning. */
const LastEventId = z.coerce.number().int().min(0).max(2_147_483_647).catch(0);

/**
 * Answers with server-sent events (WHATWG HTML 9.2) until they end or the client goes.
 *
 * @param lastEventId the request's header: what the client has seen
 * @param eventsAfter the events after that one, in the text format; its signal aborts when the client is gone
 */
export async function sendEventStream(
  reply: FastifyReply,
  lastEventId: string | undefined,
  eventsAfter: (seq: number, signal: AbortSignal) => AsyncIterable<string>,
): Promise<void> {
  const abort = new AbortController();
  reply.raw.once('close', () => abort.abort());
  const events = eventsAfter(LastEventId.parse(lastEventId ?? 0), abort.signal);
  await reply
    .header('content-type', 'text/event-stream; charset=utf-8')
    .header('cache-control', 'no-cache')
    // A buffering proxy would hold events back.
    .header('x-accel-buffering', 'no')
    .send(Readable.from(events));
}
