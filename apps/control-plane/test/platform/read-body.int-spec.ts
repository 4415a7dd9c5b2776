import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { readBody } from '../../src/platform/http/read-body.js';

const LIMITS = { maxBytes: 8, withinMs: 60_000 };

test('a body within its limits arrives completely', async () => {
  const body = new PassThrough();
  const read = readBody(body, LIMITS);
  body.write('1234');
  body.end('5678');
  expect((await read).toString()).toBe('12345678');
});

test('a body that grows too long is refused before its end', async () => {
  const body = new PassThrough();
  const read = readBody(body, LIMITS);
  body.write('123456789');
  await expect(read).rejects.toMatchObject({ code: 'payload-too-large' });
  // The refusal still has to be sent on the same connection.
  expect(body.destroyed).toBe(false);
});

test('a sender that falls silent does not hold its place for ever', async () => {
  const body = new PassThrough();
  const read = readBody(body, { ...LIMITS, withinMs: 20 });
  body.write('1');
  await expect(read).rejects.toMatchObject({ code: 'request-timeout' });
  expect(body.destroyed).toBe(false);
});

test('a connection that is cut in the middle ends the wait', async () => {
  const body = new PassThrough();
  const read = readBody(body, LIMITS);
  body.write('1');
  body.destroy();
  await expect(read).rejects.toMatchObject({ code: 'invalid-request' });
});
