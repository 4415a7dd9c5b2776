import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import fastify, { type FastifyInstance } from 'fastify';
import { addStreamParsers } from '../../src/platform/http/body-parsers.js';
import { limitBodyTime } from '../../src/platform/http/limit-body-time.js';

let http: FastifyInstance;
let port: number;
beforeEach(() => {
  http = fastify();
  addStreamParsers(http);
  http.setErrorHandler((error: { code: string }, request, reply) => {
    if (!request.raw.complete) void reply.header('connection', 'close');
    return reply.send({ code: error.code });
  });
  http.post('/', (request) => ({ got: request.body }));
});
afterEach(() => http.close());

async function listen(withinMs: number): Promise<void> {
  limitBodyTime(http, withinMs);
  await http.listen({ host: '127.0.0.1', port: 0 });
  ({ port } = http.server.address() as AddressInfo);
}

/** Sends the beginning of a request and waits for the end of the connection. */
function begin(type: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: 100\r\n\r\n{`);
  return text(socket);
}

test.each(['application/json', 'text/plain', 'Application/JSON; charset=utf-8'])(
  'a %s body that does not arrive is refused, and its connection ends',
  async (type) => {
    await listen(50);
    expect(await begin(type)).toMatch(/connection: close[^]*request-timeout/);
  },
);

test('a body that arrives is read completely, and so is the next on the same connection', async () => {
  await listen(60_000);
  for (const list of [[1, 2], Array.from({ length: 50_000 }, (_, i) => i)]) {
    const answer = await fetch(`http://127.0.0.1:${port}/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(list),
    });
    expect(await answer.json()).toEqual({ got: list });
  }
});

test('a body that is refused for its length causes no error when its time is over', async () => {
  await listen(50);
  const socket = connect(port, '127.0.0.1');
  const all = text(socket);
  socket.write(
    'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9999999\r\n\r\n{',
  );
  expect(await all).toMatch(/FST_ERR_CTP_BODY_TOO_LARGE/);
  expect(await begin('application/json')).toMatch(/request-timeout/);
});
