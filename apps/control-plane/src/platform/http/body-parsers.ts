import type { FastifyInstance } from 'fastify';

/** JSON documents; files are streamed and have limits of their own. */
export const MAX_JSON_BYTES = 2 * 1024 * 1024;

/** Files and images reach their handlers as streams, which bound what they read. */
export function addStreamParsers(http: FastifyInstance): void {
  http.addContentTypeParser(
    ['application/octet-stream', 'image/png', 'image/jpeg'],
    (_request, payload, done) => done(null, payload),
  );
}
