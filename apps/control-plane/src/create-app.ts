import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { addStreamParsers, MAX_JSON_BYTES } from './platform/http/body-parsers.js';
import { limitBodyTime } from './platform/http/limit-body-time.js';
import { measureRequests } from './platform/metrics/measure-requests.js';
import { RequestDrain } from './platform/http/request-drain.js';
import { nestLogger } from './platform/log.js';
import { Metrics } from './platform/metrics/metrics.js';
import { describeApi } from './platform/openapi/openapi.js';
import type { Platform } from './platform/platform.module.js';
import type { ManifestKey } from './platform/keys/manifest-key.js';

/** Two megabytes at half a megabit per second. */
const DOCUMENT_WITHIN_MS = 30_000;

/** The Nest application, ready to listen, and how its requests are drained before it is closed. */
export async function createApp(
  platform: Platform,
  manifestKey: ManifestKey,
): Promise<{ app: NestFastifyApplication; requests: RequestDrain }> {
  const adapter = new FastifyAdapter({
    bodyLimit: MAX_JSON_BYTES,
    trustProxy: platform.config.behindTlsProxy,
    // Silence longer than any validation in the queue may take: the client is gone.
    connectionTimeout: 30 * 60_000,
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.on(platform, manifestKey), adapter, {
    logger: nestLogger(platform.log),
    abortOnError: false,
  });
  const http = adapter.getInstance();
  const requests = new RequestDrain(http);
  addStreamParsers(http);
  limitBodyTime(http, DOCUMENT_WITHIN_MS);
  measureRequests(http, app.get(Metrics));
  // Written once: routes do not change while the process lives.
  const document = JSON.stringify(describeApi(app));
  http.get('/v1/openapi.json', (_request, reply) => reply.type('application/json').send(document));
  return { app, requests };
}
