import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import type { ModelDoor } from '../model-door.js';
import { InferRoute } from './infer-route.js';
import { sendJson, sendProblem } from './problem-response.js';
import { TriggerRoute, type AskedStreams } from './trigger-route.js';

export interface LocalHttpOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly models: ModelDoor;
  readonly streams: AskedStreams;
  readonly registry: Registry;
  /** The body of `GET /v1/status`. */
  readonly status: () => unknown;
  /** Is the agent itself well? Whether a model is installed is the status's matter. */
  readonly isHealthy?: () => boolean;
  readonly maxBodyBytes?: number;
  /** A bug on a request's way; the request is answered with 500. */
  readonly onBug?: (cause: unknown) => void;
}

export interface LocalHttp {
  /** `http://host:port`, with the port really taken. */
  readonly url: string;
  /** Takes no new connection and settles when the requests under way are answered, or after a few seconds. */
  close(): Promise<void>;
}

const MAX_BODY_BYTES = 16 * 1024 ** 2;
const MAX_CONNECTIONS = 64;
const CLOSE_CHECK_MS = 50;
const CLOSE_GRACE_MS = 3000;

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

/** The device's own small server for its neighbours: inference, status and metrics. Rejects where the port is taken. */
export async function startLocalHttp(options: LocalHttpOptions): Promise<LocalHttp> {
  const routes = routesOf(options);
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) => {
    dispatch(routes, request, response).catch((cause: unknown) => {
      // A client that went away is no news and gets no answer.
      if (request.destroyed && !request.complete) return;
      options.onBug?.(cause);
      if (response.headersSent) response.destroy();
      else
        sendProblem(response, { status: 500, code: 'internal', detail: 'the request could not be handled' });
    });
  });
  server.maxConnections = MAX_CONNECTIONS;
  await listening(server, options);
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    url: `http://${host}:${port}`,
    close: () => closed(server),
  };
}

interface Route {
  readonly method: 'GET' | 'POST';
  readonly handle: Handler;
}

/** The route of a path, if there is one. */
type Routes = (path: string) => Route | undefined;

const MODEL_INFER = /^\/v1\/models\/([^/]+)\/infer$/;
const STREAM_TRIGGER = /^\/v1\/streams\/([^/]+)\/trigger$/;

function routesOf({ models, streams, registry, status, isHealthy, maxBodyBytes }: LocalHttpOptions): Routes {
  const infer = new InferRoute({ models, maxBodyBytes: maxBodyBytes ?? MAX_BODY_BYTES });
  const inferBy = (named?: string): Route => ({
    method: 'POST',
    handle: (request, response) => infer.handle(request, response, named),
  });
  const trigger = new TriggerRoute(streams);
  const triggerOf = (stream: string): Route => ({
    method: 'POST',
    handle: (request, response) => trigger.handle(request, response, stream),
  });
  const fixed: Readonly<Record<string, Route>> = {
    '/v1/infer': inferBy(),
    '/v1/status': { method: 'GET', handle: (_, response) => sendJson(response, 200, status()) },
    '/metrics': {
      method: 'GET',
      handle: async (_, response) => {
        const text = await registry.metrics();
        response.writeHead(200, { 'content-type': registry.contentType }).end(text);
      },
    },
    '/healthz': {
      method: 'GET',
      handle: (_, response) => {
        const healthy = isHealthy?.() ?? true;
        sendJson(response, healthy ? 200 : 503, {
          schema: 'hamon.health/1',
          status: healthy ? 'ok' : 'unwell',
        });
      },
    },
  };
  return (path) => {
    if (Object.hasOwn(fixed, path)) return fixed[path];
    // Names of models and streams need no escape; what is escaped is no name of one.
    const stream = STREAM_TRIGGER.exec(path)?.[1];
    if (stream !== undefined) return triggerOf(stream.slice(0, 100));
    const named = MODEL_INFER.exec(path)?.[1];
    return named === undefined ? undefined : inferBy(named.slice(0, 100));
  };
}

async function dispatch(routes: Routes, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  const route = routes(path);
  if (!route) {
    sendProblem(response, { status: 404, code: 'not-found', detail: `nothing is at ${path.slice(0, 200)}` });
    return;
  }
  if (request.method !== route.method) {
    const detail = `${path} takes ${route.method}`;
    sendProblem(response, { status: 405, code: 'method-not-allowed', detail }, { allow: route.method });
    return;
  }
  await route.handle(request, response);
}

/** Kept-alive connections end with their answer, and a client that never ends its request is not waited for. */
function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const closing = setInterval(() => server.closeIdleConnections(), CLOSE_CHECK_MS);
    const impatience = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
    server.close(() => {
      clearInterval(closing);
      clearTimeout(impatience);
      resolve();
    });
    server.closeIdleConnections();
  });
}

function listening(server: Server, { host, port }: LocalHttpOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}
