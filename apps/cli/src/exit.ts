/** Exit codes: scripts depend on them. */
export const EXIT = { done: 0, failed: 1, usage: 2, rolloutFailed: 3 } as const;

/** Wrong usage: shown with a hint at `--help`, exit code 2. */
export class UsageError extends Error {}

/** A rollout or gate ended in failure, exit code 3. */
export class RolloutFailed extends Error {}
