/** The exit codes that scripts may rely on. */
export const EXIT = { done: 0, failed: 1, usage: 2, rolloutFailed: 3, interrupted: 130 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
