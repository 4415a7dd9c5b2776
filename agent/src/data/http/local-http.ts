import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AccessGuard } from './access-guard.js';
import { refuse, sendProblem } from './problem-response.js';
import { RouteTable } from './route-table.js';
import type { Route } from './route.js';

export interface LocalHttpOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly routes: readonly Route[];
  /** Who may ask. Without it everybody may who reaches the port. */
  readonly guard?: AccessGuard;
  /** A bug on a request's way; the request is answered with 500. */
  readonly onBug?: (cause: unknown) => void;
}

export interface LocalHttp {
  /** `http://host:port`, with the port really taken. */
  readonly url: string;
  /** Takes no new connection and settles when the requests under way are answered, or after a few seconds. */
  close(): Promise<void>;
}

const MAX_CONNECTIONS = 64;
const CLOSE_CHECK_MS = 50;
const CLOSE_GRACE_MS = 3000;

/** The device's own small server for its neighbours and the people beside it. Rejects where the port is taken. */
export async function startLocalHttp(options: LocalHttpOptions): Promise<LocalHttp> {
  const routes = new RouteTable(options.routes);
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) => {
    dispatch(routes, options.guard, request, response).catch((cause: unknown) => {
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

async function dispatch(
  routes: RouteTable,
  guard: AccessGuard | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  const found = routes.find(request.method, path);
  const isOpen = found && 'route' in found && found.route.isOpen;
  const refusal = isOpen ? undefined : guard?.refusal(request);
  if (refusal) {
    refuse(request, response, refusal);
    return;
  }
  if (!found) {
    const detail = `nothing is at ${path.slice(0, 200)}`;
    refuse(request, response, { status: 404, code: 'not-found', detail });
    return;
  }
  if ('allowed' in found) {
    const allow = found.allowed.join(', ');
    const detail = `${path} takes ${allow}`;
    refuse(request, response, { status: 405, code: 'method-not-allowed', detail, headers: { allow } });
    return;
  }
  await found.route.handle(request, response, found.parameters);
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
