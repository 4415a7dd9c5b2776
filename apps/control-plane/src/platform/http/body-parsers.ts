import { SAMPLE_MEDIA_TYPE } from '@hamon/contracts';
import type { FastifyInstance } from 'fastify';

/** JSON documents; files are streamed and have limits of their own. */
export const MAX_JSON_BYTES = 2 * 1024 * 1024;

/** Bodies that are not read ahead of their handlers. */
export const STREAMED_TYPES = ['application/octet-stream', 'image/png', 'image/jpeg', SAMPLE_MEDIA_TYPE];

/** Files and images reach their handlers as streams; the handlers bound what they read. */
export function addStreamParsers(http: FastifyInstance): void {
  http.addContentTypeParser(STREAMED_TYPES, (_request, payload, done) => done(null, payload));
}
