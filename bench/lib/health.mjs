import { fork } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/**
 * Asks `/healthz` all the time, from a process of its own: this one's event loop is what is measured.
 * `reset()` answers the slowest since the last one, in milliseconds.
 */
export function watchHealth(url, everyMs = 10) {
  const child = fork(fileURLToPath(import.meta.url), [url, String(everyMs)], {
    env: { ...process.env, HAMON_BENCH_HEALTH: '1' },
  });
  return {
    pid: child.pid,
    reset: () =>
      new Promise((resolve) => {
        child.once('message', resolve);
        child.send('reset');
      }),
    stop: () => child.kill(),
  };
}

async function askHealth(url, everyMs) {
  let slowest = 0;
  process.on('message', () => {
    process.send(slowest);
    slowest = 0;
  });
  process.on('disconnect', () => process.exit(0));
  for (;;) {
    const begin = performance.now();
    await fetch(new URL('/healthz', url))
      .then((answer) => answer.text())
      .catch(() => undefined);
    slowest = Math.max(slowest, performance.now() - begin);
    await delay(everyMs);
  }
}

if (process.env.HAMON_BENCH_HEALTH === '1' && process.argv[2])
  await askHealth(process.argv[2], Number(process.argv[3]));
