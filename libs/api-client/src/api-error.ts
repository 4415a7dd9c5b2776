import type { FieldProblem } from '@hamon/contracts';

/** The control plane refused, failed or could not be reached, or the caller ended the request. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** HTTP status of the answer; undefined where there was none. */
  readonly status: number | undefined;
  /** Which fields broke which rules. */
  readonly fields: readonly FieldProblem[];
  constructor(
    /** The problem's own stable code, or `unreachable`, `unexpected-answer`, `interrupted`. */
    readonly code: string,
    message: string,
    options: {
      readonly status?: number;
      readonly fields?: readonly FieldProblem[];
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.status = options.status;
    this.fields = options.fields ?? [];
  }

  /** No answer, or one that a server gives while it starts or stops: asking again later may help. */
  get isPassing(): boolean {
    return this.code === 'unreachable' || (this.status ?? 0) >= 500;
  }
}
