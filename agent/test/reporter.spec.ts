import { test } from 'vitest';
import { hardwareFacts } from '@hamon/inference';
import { EMPTY_STATE } from '../src/core/device-state.js';
import { Reporter } from '../src/reporter.js';

test('a change in the turn in which the reporter ends is reported', async () => {
  const facts = await hardwareFacts('1.0.0');
  await new Promise<void>((resolve) => {
    let isConnected = false;
    const reporter: Reporter = new Reporter({
      ...{ fleet: 'acme', device: 'cam-1', facts, keyId: 'A'.repeat(43) },
      connection: {
        get isConnected() {
          // The connection comes right behind the look that did not find it.
          if (!isConnected) queueMicrotask(() => reporter.changed());
          const before = isConnected;
          isConnected = true;
          return before;
        },
        publish: async () => resolve(),
      },
      state: () => EMPTY_STATE,
      now: () => new Date(),
      counters: () =>
        ({ accepted: 0, answered: 0, failed: 0, skipped: 0, undecodable: 0, mismatched: 0 }) as never,
      conditions: () => [],
      streams: () => [],
    });
    reporter.changed();
  });
});
