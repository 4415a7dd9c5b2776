import { setTimeout as delay } from 'node:timers/promises';

/** Polls for a condition; the deadline only ends a test that would hang. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  deadlineMs = 180_000,
  context: () => string = () => '',
): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`not in time: ${what}\n${context()}`);
    await delay(20);
  }
}
