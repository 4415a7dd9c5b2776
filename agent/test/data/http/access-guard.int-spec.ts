import { request } from 'node:http';
import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { ACCESS_COOKIE, AccessGuard } from '../../../src/data/http/access-guard.js';
import { isLoopback } from '../../../src/adapters/is-loopback.js';
import { startLocalHttp, type LocalHttp } from '../../../src/data/http/local-http.js';
import type { Route } from '../../../src/data/http/route.js';

const TOKEN = 'a-token-of-this-plant';
/** An address of this machine under which it is not loopback. */
const outside = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

let http: LocalHttp | undefined;
let handled: string[];
afterEach(() => http?.close());

const noted: Route['handle'] = ({ method, url }, response) => {
  handled.push(`${method} ${url}`);
  response.end('here');
};

async function serve(token?: string, host = '0.0.0.0'): Promise<number> {
  handled = [];
  http = await startLocalHttp({
    ...{ host, port: 0 },
    guard: new AccessGuard({ host, ...(token !== undefined && { token }) }),
    routes: [
      { method: 'GET', path: '/v1/status', handle: noted },
      { method: 'POST', path: '/v1/infer', handle: noted },
      { method: 'GET', path: '/healthz', isOpen: true, handle: noted },
    ],
  });
  return Number(new URL(http.url).port);
}

type Headers = Readonly<Record<string, string>>;

interface Asked {
  readonly from?: string;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Headers;
}

/** Not by `fetch`, which does not let anybody choose `Host` and `Origin`. */
const ask = (port: number, { from = '127.0.0.1', path = '/v1/status', method, headers = {} }: Asked) =>
  new Promise<{ status: number | undefined; body: string; asks: string | undefined }>((resolve, reject) => {
    const asking = request(
      { host: from, port, path, method: method ?? (path === '/v1/infer' ? 'POST' : 'GET'), headers },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (piece: string) => (body += piece));
        response.on('end', () =>
          resolve({ status: response.statusCode, body, asks: response.headers['www-authenticate'] }),
        );
      },
    );
    asking.on('error', reject).end();
  });

describe('AccessGuard', () => {
  it.skipIf(outside === undefined)('lets nobody in from elsewhere without the token', async () => {
    const port = await serve(TOKEN);
    const from = outside!;
    const cookie = new AccessGuard({ host: from, token: TOKEN }).cookie!;
    for (const headers of <Headers[]>[
      {},
      { authorization: 'Bearer another' },
      { authorization: `Basic ${TOKEN}` },
      { cookie: `${ACCESS_COOKIE}=${TOKEN}` },
      { cookie: `${ACCESS_COOKIE}=` },
    ]) {
      const answer = await ask(port, { from, headers });
      expect([answer.status, answer.asks]).toEqual([401, 'Bearer']);
      expect(answer.body).not.toContain(TOKEN);
    }
    expect(handled).toEqual([]);
    for (const headers of <Headers[]>[
      { authorization: `Bearer ${TOKEN}` },
      { cookie: `other=1; ${ACCESS_COOKIE}=${cookie}` },
    ]) {
      expect(await ask(port, { from, headers })).toMatchObject({ status: 200 });
    }
    expect(await ask(port, { from, path: '/healthz' })).toMatchObject({ status: 200 });
    expect(await ask(port, { from, path: '/nothing' })).toMatchObject({ status: 401 });
    // A cookie of the former token is worthless with the next one.
    const former = new AccessGuard({ host: from, token: 'the former token' }).cookie!;
    expect(await ask(port, { from, headers: { cookie: `${ACCESS_COOKIE}=${former}` } })).toMatchObject({
      status: 401,
    });
  });

  it.skipIf(outside === undefined)('lets nobody in from elsewhere where no token is configured', async () => {
    const port = await serve();
    for (const authorization of ['Bearer ', 'Bearer undefined']) {
      expect(await ask(port, { from: outside!, headers: { authorization } })).toMatchObject({ status: 401 });
    }
    expect(await ask(port, {})).toMatchObject({ status: 200 });
  });

  it.each([
    ['localhost', 200],
    ['LOCALHOST:7070', 200],
    ['127.0.0.1:1', 200],
    ['[::1]:7070', 200],
    ['evil.example', 403],
    ['127.0.0.1.evil.example', 403],
    ['localhost.evil.example:7070', 403],
  ])('on this machine, asked as %s: %d', async (host, status) => {
    const port = await serve(TOKEN, '127.0.0.1');
    expect(await ask(port, { headers: { host } })).toMatchObject({ status });
    expect(handled).toHaveLength(status === 200 ? 1 : 0);
  });

  it.each([
    ['its own page', { origin: 'http://127.0.0.1:PORT', 'sec-fetch-site': 'same-origin' }, 200],
    ['a page of elsewhere', { origin: 'https://evil.example' }, 403],
    ['a page of another port of this machine', { origin: 'http://127.0.0.1:1' }, 403],
    ['a sandboxed page', { origin: 'null' }, 403],
    ['an image in a page of elsewhere', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, 403],
    [
      'a form in a page of elsewhere',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', origin: 'https://evil.example' },
      403,
    ],
  ])('a POST of %s is answered as it deserves', async (_, headers, status) => {
    const port = await serve(TOKEN, '127.0.0.1');
    const own = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, value.replace('PORT', String(port))]),
    );
    const answer = await ask(port, { path: '/v1/infer', headers: { host: `127.0.0.1:${port}`, ...own } });
    expect(answer.status).toBe(status);
    expect(handled).toHaveLength(status === 200 ? 1 : 0);
  });

  it('lets a link lead here, and a proxy on this machine only with the token', async () => {
    const port = await serve(TOKEN, '127.0.0.1');
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    expect(await ask(port, { headers: link })).toMatchObject({ status: 200 });
    const forwarded = { 'x-forwarded-for': '203.0.113.9' };
    expect(await ask(port, { headers: forwarded })).toMatchObject({ status: 401 });
    const allowed = { ...forwarded, authorization: `Bearer ${TOKEN}`, host: 'gateway.plant.example' };
    expect(await ask(port, { headers: allowed })).toMatchObject({ status: 200 });
  });
});

describe('isLoopback', () => {
  it.each([
    ['127.0.0.1', true],
    ['127.9.9.9', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['localhost', true],
    ['0.0.0.0', false],
    ['::', false],
    ['10.0.0.1', false],
    ['::ffff:10.0.0.1', false],
    ['localhost.evil.example', false],
    ['', false],
  ])('%s: %s', (address, expected) => {
    expect(isLoopback(address)).toBe(expected);
  });
});
