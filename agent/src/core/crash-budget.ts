/** So many crashes … */
export const MAX_CRASHES = 5;
/** … within so long end a version's time as the current one. */
export const CRASH_WINDOW_MS = 10 * 60_000;

/** Crash times of one child, by the monotonic clock; only those that still count are kept. */
export type Crashes = readonly number[];

export function crashed(crashes: Crashes, nowMs: number): Crashes {
  return [...crashes.filter((at) => nowMs - at < CRASH_WINDOW_MS), nowMs].slice(-MAX_CRASHES);
}

export const isBudgetSpent = (crashes: Crashes, nowMs: number): boolean =>
  crashes.filter((at) => nowMs - at < CRASH_WINDOW_MS).length >= MAX_CRASHES;
