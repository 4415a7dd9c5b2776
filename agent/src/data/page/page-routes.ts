import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ACCESS_COOKIE, type AccessGuard } from '../http/access-guard.js';
import { refuse, sendJson } from '../http/problem-response.js';
import { readBody } from '../http/read-body.js';
import type { Route } from '../http/route.js';

export interface PageRoutesOptions {
  readonly guard: AccessGuard;
  /** `hamon.overview/1`. */
  readonly overview: () => unknown;
}

const FOLDER = new URL('../../../page/', import.meta.url);
const MAX_FORM_BYTES = 4096;
const COOKIE_SECONDS = 30 * 24 * 3600;

/** Nothing but what this agent serves itself: what a label or a file's name holds can do nothing even where it got in. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

/** The page at `/`, for people beside the gateway: no build step, nothing from elsewhere, and it works without a network. */
export function pageRoutes({ guard, overview }: PageRoutesOptions): readonly Route[] {
  const file = (path: string, name: string, type: string): Route => ({
    ...{ method: 'GET', path, isOpen: true },
    handle: (_, response) => send(response, 200, name, type),
  });
  return [
    {
      ...{ method: 'GET', path: '/', isOpen: true },
      handle: (request, response) => sendPage(guard, request, response),
    },
    file('/page.css', 'page.css', 'text/css'),
    file('/page.js', 'page.js', 'text/javascript'),
    {
      ...{ method: 'POST', path: '/login', isOpen: true },
      handle: (request, response) => logIn(guard, request, response),
    },
    { method: 'GET', path: '/v1/overview', handle: (_, response) => sendJson(response, 200, overview()) },
  ];
}

async function sendPage(
  guard: AccessGuard,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const refusal = guard.refusal(request);
  if (!refusal) await send(response, 200, 'index.html', 'text/html');
  else if (refusal.status === 401 && guard.cookie !== undefined)
    await send(response, 401, 'login.html', 'text/html');
  else refuse(request, response, refusal);
}

async function send(response: ServerResponse, status: number, name: string, type: string): Promise<void> {
  const body = await readFile(new URL(name, FOLDER));
  response.writeHead(status, { ...HEADERS, 'content-type': `${type}; charset=utf-8` }).end(body);
}

/** A browser cannot send a header with each picture: it gets a cookie for the token. */
async function logIn(guard: AccessGuard, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const foreign = guard.foreignPage(request);
  if (foreign) {
    refuse(request, response, foreign);
    return;
  }
  const body = await readBody(request, MAX_FORM_BYTES);
  const token = new URLSearchParams(body?.toString('utf8')).get('token') ?? '';
  if (!guard.isToken(token)) {
    await send(response, 401, 'login.html', 'text/html');
    return;
  }
  const cookie = `${ACCESS_COOKIE}=${guard.cookie}; Path=/; Max-Age=${COOKIE_SECONDS}; HttpOnly; SameSite=Strict`;
  response.writeHead(303, { ...HEADERS, location: './', 'set-cookie': cookie }).end();
}
