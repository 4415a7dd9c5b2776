import type { FieldProblem } from '@hamon/contracts';

/** Failures of this program itself, as opposed to those of the API. */
export type CliErrorCode =
  'usage' | 'unknown-id' | 'ambiguous-id' | 'bundle' | 'local-file' | 'compress' | 'interrupted';

/** Ends a command with a sentence for the person and, where a document is at fault, its fields and rules. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly fields: readonly FieldProblem[];
  /** What to do about it, in words. */
  readonly hint: string | undefined;

  constructor(
    readonly code: CliErrorCode,
    detail: string,
    options: {
      readonly cause?: unknown;
      readonly fields?: readonly FieldProblem[];
      readonly hint?: string;
    } = {},
  ) {
    super(detail, { cause: options.cause });
    this.fields = options.fields ?? [];
    this.hint = options.hint;
  }
}

export const usage = (detail: string, hint?: string): CliError =>
  new CliError('usage', detail, hint === undefined ? {} : { hint });
