import { describe, expect, it } from 'vitest';
import { ConnectionEnd } from '../../src/adapters/connection-end.js';

const offline = (why: string): Error => new Error(`offline: ${why}`);
const never = new Promise<never>(() => undefined);

const PATIENT = { silentMs: 60_000, progress: () => 0 };

describe('the end of a connection', () => {
  it('keeps nothing of a message that has its answer, however long the connection lasts', async () => {
    const end = new ConnectionEnd();
    const work = Array.from({ length: 1000 }, (_, i) =>
      i % 2 ? Promise.resolve(i) : Promise.reject(offline('')),
    );
    await Promise.allSettled(work.map((one) => end.before(one, PATIENT, offline)));
    expect(end.waiting).toBe(0);
  });

  it('fails whatever waits, and whatever comes afterwards, with its first reason', async () => {
    const end = new ConnectionEnd();
    const waiting = end.before(never, PATIENT, offline);
    const told = end.wait();
    end.reach('keepalive timeout');
    end.reach('the connection was closed');
    await expect(waiting).rejects.toThrow('offline: keepalive timeout');
    await expect(end.before(never, PATIENT, offline)).rejects.toThrow('offline: keepalive timeout');
    expect(await told).toBe('keepalive timeout');
    expect(await end.wait()).toBe('keepalive timeout');
  });

  it('is not waited for without a limit', async () => {
    const end = new ConnectionEnd();
    await expect(end.before(never, { silentMs: 1, progress: () => 0 }, offline)).rejects.toThrow(
      'offline: no acknowledgement',
    );
  });

  it('waits for an answer as long as bytes come before it', async () => {
    let bytes = 0;
    let answer = (_: string): void => undefined;
    const work = new Promise<string>((resolve) => (answer = resolve));
    const progress = (): number => {
      // Looked at when the wait begins and after each silence that was none.
      if (bytes === 5) answer('acknowledged');
      return (bytes += 1);
    };
    const end = new ConnectionEnd();
    await expect(end.before(work, { silentMs: 1, progress }, offline)).resolves.toBe('acknowledged');
  });
});
