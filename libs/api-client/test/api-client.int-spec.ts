import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { DeviceEvent, EnrolmentTokenView, ModelView } from '@hamon/contracts';
import { ApiClient, ApiError, uploadArtifact } from '../src/index.js';

interface Received {
  readonly method: string;
  readonly url: string;
  readonly key: string | undefined;
  readonly body: string;
}
type Answer = (response: ServerResponse, request: Received) => void;

const stops: (() => Promise<unknown>)[] = [];
afterEach(() => Promise.all(stops.splice(0).map((stop) => stop())));

/** Answers one request after the other so, and the last answer from then on. */
async function answering(...answers: Answer[]): Promise<{ api: ApiClient; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      const { method = '', url = '', headers } = request;
      const key = headers['idempotency-key'] as string | undefined;
      const one = { method, url, key, body };
      const answer = answers[Math.min(received.push(one), answers.length) - 1];
      answer?.(response, one);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  const options = { server: `http://127.0.0.1:${port}/`, token: 'secret', userAgent: 'test/1' };
  return { api: new ApiClient(options), received };
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const piece of request) text += String(piece);
  return text;
}

const json =
  (body: unknown, status = 200): Answer =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
const cut: Answer = (response) => void response.socket?.destroy();
const busy: Answer = (response) => void response.writeHead(503, { 'retry-after': '0' }).end();
const refused = (status: number, code: string): Answer =>
  json({ type: 'about:blank', title: code, status, detail: `it is ${code}`, code }, status);

const at = '2026-01-01T00:00:00.000Z';
const model = (name: string): ModelView => ({ name, task: 'classification', createdAt: at, cloud: null });
const page = (names: string[], next: string | null, total?: number): Answer =>
  json({ items: names.map(model), next, ...(total === undefined ? {} : { total }) });

const codeOf = (error: unknown): unknown => (error instanceof ApiError ? error.code : error);

describe('a request', () => {
  test('encodes what stands in its path and leaves out what is not asked', async () => {
    const { api, received } = await answering(page([], null));
    await api.list('GET /v1/devices/{device}/events', DeviceEvent, {
      params: { device: 'a/../b?c' },
      query: { where: undefined },
    });
    expect(received[0]?.url).toBe('/v1/devices/a%2F..%2Fb%3Fc/events?limit=500&count=false');
  });

  test('that is a write carries one key through all attempts', async () => {
    const { api, received } = await answering(cut, busy, json(model('m'), 201));
    const body = { name: 'm', task: 'classification' } as const;
    expect(await api.call('POST /v1/models', ModelView, { body })).toEqual(model('m'));
    expect(received).toHaveLength(3);
    expect(new Set(received.map(({ key }) => key))).toEqual(
      new Set([expect.stringMatching(/^[0-9a-f-]{36}$/)]),
    );
    expect(received.map((request) => request.body)).toEqual(Array(3).fill(JSON.stringify(body)));
  });

  test('that must happen once is not repeated when its answer is lost', async () => {
    const { api, received } = await answering(cut);
    const body = { uses: 1, ttlSeconds: 60, labels: {} };
    const made = api.call('POST /v1/enrolment-tokens', EnrolmentTokenView, { body, once: true });
    expect(await made.catch(codeOf)).toBe('unreachable');
    expect(received).toHaveLength(1);
  });

  test('ends with the problem that the server names', async () => {
    const { api, received } = await answering(refused(404, 'model-not-found'));
    const error = await api
      .call('GET /v1/models/{model}', ModelView, { params: { model: 'm' } })
      .catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'model-not-found', status: 404, message: 'it is model-not-found' });
    expect(received).toHaveLength(1);
  });

  test.each([
    ['is not JSON', ((response) => void response.end('<html>')) as Answer],
    ['is another document', json({ name: 1 })],
  ])('fails where the answer %s', async (_, answer) => {
    const { api } = await answering(answer);
    const call = api.call('GET /v1/models/{model}', ModelView, { params: { model: 'm' } });
    expect(await call.catch(codeOf)).toBe('unexpected-answer');
  });

  test('is given up by the caller', async () => {
    const { api } = await answering(() => undefined);
    const call = api.call('GET /v1/models/{model}', ModelView, {
      params: { model: 'm' },
      signal: AbortSignal.abort(),
    });
    expect(await call.catch(codeOf)).toBe('interrupted');
  });
});

describe('a list', () => {
  test('is read page by page and counted once', async () => {
    const { api, received } = await answering(page(['a', 'b'], 'B', 5), page(['c'], 'C'));
    const read = await api.page('GET /v1/models', ModelView, { limit: 3, query: { where: 'x' } });
    expect(read).toEqual({ items: ['a', 'b', 'c'].map(model), next: 'C', total: 5 });
    expect(received.map(({ url }) => url)).toEqual([
      '/v1/models?where=x&limit=3',
      '/v1/models?where=x&limit=1&after=B&count=false',
    ]);
  });

  test('ends where a page is empty, whatever it names as the next', async () => {
    const { api, received } = await answering(page(['a'], 'A'), page([], 'A'));
    expect(await api.list('GET /v1/models', ModelView)).toEqual([model('a')]);
    expect(received).toHaveLength(2);
  });
});

describe('an upload', () => {
  const bytes = Buffer.from('some bytes');
  const file = {
    sha256: 'a'.repeat(64),
    length: bytes.length,
    async *open() {
      yield bytes;
    },
  };

  test('sends what is not there, from its beginning at each attempt', async () => {
    const missing: Answer = (response) => void response.writeHead(404).end();
    const { api, received } = await answering(missing, busy, json({}, 201));
    const sent: number[] = [];
    expect(await uploadArtifact(api, file, (count) => sent.push(count))).toBe(true);
    expect(received.map(({ method, body }) => [method, body])).toEqual([
      ['HEAD', ''],
      ['PUT', 'some bytes'],
      ['PUT', 'some bytes'],
    ]);
    expect(sent).toContain(bytes.length);
  });

  test('sends nothing that is there', async () => {
    const there: Answer = (response) =>
      void response.writeHead(200, { 'content-length': bytes.length }).end();
    const { api, received } = await answering(there);
    expect(await uploadArtifact(api, file)).toBe(false);
    expect(received).toHaveLength(1);
  });
});
