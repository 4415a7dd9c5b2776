import type { z } from 'zod';

/** One broken rule: the field's path (`input.width`) and the rule, ready to show to a person. */
export interface FieldProblem {
  readonly field: string;
  readonly rule: string;
}

/** The first few broken rules of a schema, as `field: rule`; more would hide the one that matters. */
export function fieldProblems(error: z.ZodError, limit = 5): FieldProblem[] {
  return error.issues
    .slice(0, limit)
    .map((issue) => ({ field: issue.path.map(String).join('.') || '(document)', rule: issue.message }));
}

/** `field: rule; field: rule`, one line. */
export const describeProblems = (problems: readonly FieldProblem[]): string =>
  problems.map(({ field, rule }) => `${field}: ${rule}`).join('; ');
