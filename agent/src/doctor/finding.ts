/** `skip`: nothing to look at here. `warn`: works, and should not stay so. */
export type Severity = 'ok' | 'skip' | 'warn' | 'fail';

/** What a check found, in one line. */
export interface Finding {
  readonly severity: Severity;
  /** What it is about where a check looks at several things: a stream, say. */
  readonly about?: string;
  readonly says: string;
  /** One command that mends it, or shows more. */
  readonly command?: string;
}

export const ok = (says: string, about?: string): Finding => of('ok', says, undefined, about);
export const skip = (says: string): Finding => of('skip', says);
export const warn = (says: string, command: string, about?: string): Finding =>
  of('warn', says, command, about);
export const fail = (says: string, command: string, about?: string): Finding =>
  of('fail', says, command, about);

const of = (severity: Severity, says: string, command?: string, about?: string): Finding => ({
  severity,
  ...(about !== undefined && { about }),
  says,
  ...(command !== undefined && { command }),
});
