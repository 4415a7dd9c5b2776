import { Transform } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ControlPlaneError } from '../errors.js';
import { STREAMED_TYPES } from './body-parsers.js';

/**
 * Documents are read whole before the caller is known: a sender that takes longer than this is refused and cut off.
 * Handlers read streamed bodies themselves, once the caller is known.
 */
export function limitBodyTime(http: FastifyInstance, withinMs: number): void {
  http.addHook('preParsing', (request, _reply, payload, done) => {
    if (!isDocument(request)) return done(null, payload);
    const body = new Transform({ transform: (chunk, _encoding, pass) => pass(null, chunk) });
    const timer = setTimeout(() => {
      const seconds = withinMs / 1000;
      body.destroy(new ControlPlaneError('request-timeout', `The body took longer than ${seconds} s.`));
    }, withinMs);
    payload.once('error', (cause: Error) => body.destroy(cause));
    // A parser that refused the body has stopped listening.
    body.on('error', () => undefined);
    body.once('close', () => clearTimeout(timer));
    request.raw.once('close', () => clearTimeout(timer));
    return done(null, payload.pipe(body));
  });
}

function isDocument({ headers }: FastifyRequest): boolean {
  const isEmpty = headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  return !isEmpty && !STREAMED_TYPES.includes(type ?? '');
}
