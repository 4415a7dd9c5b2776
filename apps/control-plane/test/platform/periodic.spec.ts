import { describe, expect, test } from 'vitest';
import { Log } from '../../src/platform/log.js';
import { startPeriodic } from '../../src/platform/periodic.js';

const log = Log.atLevel('silent');

const gate = (): { opened: Promise<void>; open: () => void } => {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
};

describe('a periodic task', () => {
  test('never runs twice at once; a kick during a run means one more run', async () => {
    let [running, most, runs] = [0, 0, 0];
    const [first, third] = [gate(), gate()];
    const periodic = startPeriodic(
      'test',
      60_000,
      async () => {
        running += 1;
        most = Math.max(most, running);
        runs += 1;
        if (runs === 1) await first.opened;
        if (runs === 2) third.open();
        running -= 1;
      },
      log,
    );
    periodic.kick();
    periodic.kick();
    periodic.kick();
    first.open();
    await third.opened;
    await periodic.stop();
    expect([most, runs]).toEqual([1, 2]);
  });

  test('goes on after a failure', async () => {
    const second = gate();
    let runs = 0;
    const periodic = startPeriodic(
      'test',
      1,
      () => {
        runs += 1;
        if (runs === 2) second.open();
        return Promise.reject(new Error('this time'));
      },
      log,
    );
    await second.opened;
    await periodic.stop();
    expect(runs).toBeGreaterThanOrEqual(2);
  });

  test('stopping signals the run under way, waits for it, and starts no other', async () => {
    const [begun, end] = [gate(), gate()];
    let [told, ended, runs] = [false, false, 0];
    const periodic = startPeriodic(
      'test',
      0,
      async (signal) => {
        runs += 1;
        signal.addEventListener('abort', () => (told = true));
        begun.open();
        await end.opened;
        ended = true;
      },
      log,
    );
    await begun.opened;
    const stopped = periodic.stop();
    periodic.kick();
    expect([told, ended]).toEqual([true, false]);
    end.open();
    await stopped;
    periodic.kick();
    expect([ended, runs]).toEqual([true, 1]);
  });
});
