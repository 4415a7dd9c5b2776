import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { apiAudience } from '@hamon/contracts';
import { generateSigningKey, publicJwkOf, verifyDeviceToken } from '@hamon/trust';
import { ServerClock } from '../src/adapters/server-clock.js';
import type { Identity } from '../src/adapters/identity.js';
import { DeviceTokens } from '../src/device-tokens.js';

const YEAR_MS = 365 * 86_400_000;
const realNow = Date.now;
const set = (byMs: number): void => {
  Date.now = () => realNow() + byMs;
};

describe('a token for the API', () => {
  let server: Server;
  let asked = 0;
  let isUp = true;
  let serverAheadMs = 0;
  beforeAll(async () => {
    server = createServer((_, response) => {
      asked += 1;
      const now = new Date(realNow() + serverAheadMs).toISOString();
      response.end(isUp ? JSON.stringify({ schema: 'hamon.time/1', now }) : 'Bad gateway');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => {
    Date.now = realNow;
    isUp = true;
    serverAheadMs = 0;
    asked = 0;
  });
  afterAll(() => void server.close().closeAllConnections());

  const device = async () => {
    const key = await generateSigningKey();
    const clock = new ServerClock(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const tokens = new DeviceTokens({ fleet: 'acme', device: 'cam-1' } as Identity, key, clock);
    const expected = { device: 'cam-1', audience: apiAudience('acme') };
    const isGood = async (token: string): Promise<boolean> =>
      (await verifyDeviceToken(token, publicJwkOf(key), { ...expected, now: new Date(realNow()) })).ok;
    return { clock, tokens, isGood };
  };

  it.each([
    ['forth by fifty years, as a gateway without a clock of its own is', -50 * YEAR_MS],
    ['back', YEAR_MS],
  ])('is good after the clock was set %s', async (_, beforeMs) => {
    const { clock, tokens, isGood } = await device();
    set(beforeMs);
    // As at each connection to the broker.
    await clock.measure();
    set(0);
    expect(await isGood(await tokens.forApi())).toBe(true);
  });

  it('is used for many frames', async () => {
    const { tokens } = await device();
    const [first, ...others] = await Promise.all([tokens.forApi(), tokens.forApi(), tokens.forApi()]);
    expect(others).toEqual([first, first]);
    expect(await tokens.forApi()).toBe(first);
    expect(asked).toBe(1);
  });

  it('is not kept where the server did not say its time', async () => {
    const { tokens, isGood } = await device();
    isUp = false;
    set(-50 * YEAR_MS);
    expect(await isGood(await tokens.forApi())).toBe(false);
    isUp = true;
    expect(await isGood(await tokens.forApi())).toBe(true);
  });

  it('and the time that machine and server agreed on outlive either clock', async () => {
    const { clock } = await device();
    const isRight = (): boolean => Math.abs(clock.believed!.getTime() - realNow()) < 60_000;
    set(-50 * YEAR_MS);
    await clock.measure();
    expect(clock.believed).toBeUndefined();
    set(0);
    await clock.measure();
    expect(isRight()).toBe(true);
    serverAheadMs = 73 * YEAR_MS;
    await clock.measure();
    set(YEAR_MS);
    expect(isRight()).toBe(true);
  });
});
