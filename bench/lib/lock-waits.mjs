import { setTimeout as delay } from 'node:timers/promises';

/** Looks how many of the control plane's connections wait for a lock; `stop()` answers what it saw. */
export function watchLockWaits(database, everyMs = 500) {
  const seen = { looks: 0, looksWithWaits: 0, most: 0 };
  let running = true;
  const looking = (async () => {
    while (running) {
      const [row] = await database.query(
        `SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = 'hamon'`,
      );
      const waiting = Number(row.count);
      seen.looks += 1;
      seen.looksWithWaits += waiting > 0 ? 1 : 0;
      seen.most = Math.max(seen.most, waiting);
      await delay(everyMs);
    }
  })();
  return {
    stop: async () => {
      running = false;
      await looking;
      return seen;
    },
  };
}
