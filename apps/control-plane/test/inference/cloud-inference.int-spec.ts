import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BundleInput, InferenceResult } from '@hamon/contracts';
import { encodePng, tensorForm } from '@hamon/inference';
import { eventually } from '../support/eventually.js';
import { enrol } from '../support/enrol.js';
import { release } from '../support/push.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

let plane: TestControlPlane;
beforeAll(async () => {
  plane = await startTestControlPlane();
  await release(plane);
  await release(plane, { bundle: { version: '2.0.0' }, model: { weights: Float32Array.of(3, 2, 1) } });
  await serve('1.0.0');
});
afterAll(() => plane.discard());

const serve = (version: string) => plane.call('PUT', '/v1/models/tiny/cloud', { version });

const white = await encodePng(new Uint8Array(64).fill(255), { width: 8, height: 8, channels: 1 });

async function ask(
  body: Uint8Array,
  type = 'image/png',
  token = plane.token,
  model = 'tiny',
): Promise<{ status: number; body: InferenceResult & { code: string; detail: string }; headers: Headers }> {
  const answer = await fetch(`${plane.url}/v1/inference/${model}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': type },
    body: body as NonNullable<RequestInit['body']>,
  });
  return { status: answer.status, body: (await answer.json()) as never, headers: answer.headers };
}

/** Inference processes that this process started. */
const children = (): number[] =>
  execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes('/worker/'))
    .map((line) => Number.parseInt(line, 10));

describe('the cloud model', () => {
  test('answers images and tensors, for devices and admins', async () => {
    const device = await enrol(plane);
    const answer = await ask(white, 'image/png', await device.token());
    expect(answer).toMatchObject({
      status: 200,
      body: {
        schema: 'hamon.result/1',
        model: 'tiny',
        version: '1.0.0',
        variant: 'fp32',
        source: 'cloud',
        output: { label: 'high' },
      },
    });
    // White is (1 - 0.5) / 0.25.
    const tensor = Buffer.from(new Float32Array(64).fill(2).buffer);
    const same = await ask(tensor, 'application/octet-stream');
    expect(same.body.output).toEqual(answer.body.output);
  });

  test('refuses a tensor that was made for a model with another input', async () => {
    const input = {
      ...{ layout: 'NCHW', width: 8, height: 8, channels: 1, dtype: 'float32', mean: [0.5], std: [0.25] },
    };
    const form = (scale: number) => tensorForm({ ...input, scale } as BundleInput);
    const tensor = Buffer.from(new Float32Array(64).fill(2).buffer);
    const send = (of: string) => ask(tensor, `application/octet-stream; form=${of}`);
    expect(await send(form(1 / 255))).toMatchObject({ status: 200 });
    expect(await send(form(1))).toMatchObject({ status: 422, body: { code: 'input-refused' } });
  });

  test('is the version that was chosen last', async () => {
    await serve('2.0.0');
    expect((await ask(white)).body).toMatchObject({ version: '2.0.0', output: { label: 'low' } });
    await serve('1.0.0');
    expect((await ask(white)).body).toMatchObject({ version: '1.0.0', output: { label: 'high' } });
  });

  test.each<[string, Uint8Array, string, number, string]>([
    ['no image', Buffer.from('abc'), 'image/png', 422, 'input-refused'],
    ['a tensor of another length', Buffer.alloc(8), 'application/octet-stream', 422, 'input-refused'],
    ['half a number', Buffer.alloc(255), 'application/octet-stream', 422, 'input-refused'],
    ['another type', Buffer.from('{}'), 'application/json', 415, 'unsupported-media-type'],
    ['too much', Buffer.alloc(16 * 1024 * 1024 + 1), 'image/png', 413, 'payload-too-large'],
  ])('refuses %s', async (_, body, type, status, code) => {
    expect(await ask(body, type)).toMatchObject({ status, body: { code } });
  });

  test('that nobody chose gets a clear answer', async () => {
    expect(await ask(white, 'image/png', plane.token, 'other')).toMatchObject({
      status: 404,
      body: { code: 'no-cloud-model' },
    });
  });

  test('comes back after its process was killed', async () => {
    await ask(white);
    const before = children();
    expect(before.length).toBeGreaterThan(0);
    for (const pid of before) process.kill(pid, 'SIGKILL');
    let answer = await ask(white);
    for (const deadline = Date.now() + 180_000; answer.status !== 200 && Date.now() < deadline;) {
      expect(answer).toMatchObject({ status: 503, body: { code: 'cloud-model-failed' } });
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      await new Promise((resolve) => setTimeout(resolve, 100));
      answer = await ask(white);
    }
    expect(answer.body).toMatchObject({ version: '1.0.0', output: { label: 'high' } });
    for (const pid of before) expect(children()).not.toContain(pid);
  });

  test('answers others while one device sends frames that never arrive', async () => {
    const [slow, other] = [await enrol(plane), await enrol(plane)];
    const token = await slow.token();
    const { hostname, port } = new URL(plane.url);
    const sockets = await Promise.all(
      Array.from({ length: 40 }, async () => {
        const socket = connect(Number(port), hostname);
        await once(socket, 'connect');
        // All but the last byte: nothing ends the wait for the body early.
        socket.write(
          `POST /v1/inference/tiny HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\n` +
            `content-type: image/png\r\ncontent-length: ${white.length}\r\n\r\n`,
        );
        socket.write(white.subarray(0, -1));
        return socket;
      }),
    );
    // The refusal of one of the slow ones shows that the server has begun with all before it.
    await Promise.race(sockets.map((socket) => once(socket, 'data')));
    expect((await ask(white, 'image/png', await other.token())).status).toBe(200);
    expect((await ask(white, 'image/png', token)).body.code).toBe('overloaded');
    for (const socket of sockets) socket.destroy();
    const again = async (): Promise<boolean> => (await ask(white, 'image/png', token)).status === 200;
    await eventually('room for the device again', again);
  });

  test('bounds what it does at once: each request gets its answer or a refusal', async () => {
    const answers = await Promise.all(Array.from({ length: 60 }, () => ask(white)));
    const statuses = new Set(answers.map(({ status }) => status));
    expect([...statuses].filter((status) => status !== 200 && status !== 503)).toEqual([]);
    expect(answers.some(({ status }) => status === 200)).toBe(true);
    for (const { status, body } of answers) if (status === 503) expect(body.code).toBe('overloaded');
    expect((await ask(white)).status).toBe(200);
  });
});
