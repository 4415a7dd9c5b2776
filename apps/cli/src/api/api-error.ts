import type { FieldProblem } from '@hamon/contracts';

/** The control plane refused, failed or could not be reached. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** HTTP status of the answer; undefined where there was none. */
  readonly status: number | undefined;
  /** Which fields broke which rules. */
  readonly fields: readonly FieldProblem[];
  /** What to do about it, in words. */
  readonly hint: string | undefined;

  constructor(
    /** The problem's own stable code, or `unreachable`, `unexpected-answer`. */
    readonly code: string,
    message: string,
    options: {
      readonly status?: number;
      readonly fields?: readonly FieldProblem[];
      readonly hint?: string | undefined;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.status = options.status;
    this.fields = options.fields ?? [];
    this.hint = options.hint;
  }

  /** No answer, or one that a server gives while it starts or stops: asking again later may help. */
  get isPassing(): boolean {
    return this.code === 'unreachable' || (this.status ?? 0) >= 500;
  }
}
