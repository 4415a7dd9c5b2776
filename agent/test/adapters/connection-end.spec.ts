import { describe, expect, it } from '@jest/globals';
import { ConnectionEnd } from '../../src/adapters/connection-end.js';

const offline = (why: string): Error => new Error(`offline: ${why}`);
const never = new Promise<never>(() => undefined);

describe('the end of a connection', () => {
  it('keeps nothing of a message that has its answer, however long the connection lasts', async () => {
    const end = new ConnectionEnd();
    const work = Array.from({ length: 1000 }, (_, i) =>
      i % 2 ? Promise.resolve(i) : Promise.reject(offline('')),
    );
    await Promise.allSettled(work.map((one) => end.before(one, 60_000, offline)));
    expect(end.waiting).toBe(0);
  });

  it('fails whatever waits, and whatever comes afterwards, with its first reason', async () => {
    const end = new ConnectionEnd();
    const waiting = end.before(never, 60_000, offline);
    const told = end.wait();
    end.reach('keepalive timeout');
    end.reach('the connection was closed');
    await expect(waiting).rejects.toThrow('offline: keepalive timeout');
    await expect(end.before(never, 60_000, offline)).rejects.toThrow('offline: keepalive timeout');
    expect(await told).toBe('keepalive timeout');
    expect(await end.wait()).toBe('keepalive timeout');
  });

  it('is not waited for without a limit', async () => {
    const end = new ConnectionEnd();
    await expect(end.before(never, 1, offline)).rejects.toThrow('offline: no acknowledgement');
  });
});
