/** The control plane refused, failed or could not be reached; `code` is the problem's stable code. */
export class ApiError extends Error {
  readonly status: number | undefined;

  constructor(
    readonly code: string,
    message: string,
    options: { status?: number; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'ApiError';
    this.status = options.status;
  }
}
