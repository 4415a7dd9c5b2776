import type { Watch } from './model-state.js';

/**
 * How much longer the previous version is to shadow the current one. A clock that jumps neither ends the watch early
 * by more than the jump nor makes it longer than it was meant to be.
 */
export function watchLeftMs(watch: Watch | null, now: Date): number {
  if (!watch) return 0;
  const whole = watch.seconds * 1000;
  const left = Date.parse(watch.since) + whole - now.getTime();
  return Math.min(whole, Math.max(0, left));
}
