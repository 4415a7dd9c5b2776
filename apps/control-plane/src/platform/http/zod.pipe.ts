import type { PipeTransform } from '@nestjs/common';
import { describeProblems, fieldProblems, type FieldProblem } from '@hamon/contracts';
import type { z } from 'zod';
import { ControlPlaneError } from '../errors.js';

/** A body, query or path parameter → the schema's type, or a problem that names each field and its rule. */
export class ZodPipe<T extends z.ZodType> implements PipeTransform<unknown, z.output<T>> {
  /** `field` names a single value, whose own problems have no path. */
  constructor(
    private readonly schema: T,
    private readonly field?: string,
  ) {}

  transform(value: unknown): z.output<T> {
    const parsed = this.schema.safeParse(value ?? (this.field === undefined ? {} : value));
    const problems = parsed.success ? textProblems(parsed.data) : fieldProblems(parsed.error);
    if (parsed.success && problems.length === 0) return parsed.data;
    const errors = problems.map((problem) =>
      problem.field === '(document)' && this.field !== undefined
        ? { ...problem, field: this.field }
        : problem,
    );
    throw new ControlPlaneError('invalid-request', describeProblems(errors), { errors });
  }
}

export const zod = <T extends z.ZodType>(schema: T, field?: string): ZodPipe<T> => new ZodPipe(schema, field);

/** What PostgreSQL stores in no text and no JSON: U+0000, and halves of surrogate pairs. */
const UNSTORABLE = /\0|\p{Surrogate}/u;

/** Finds the first text that the database would refuse; it would not name the field. */
function textProblems(value: unknown, path: readonly string[] = []): FieldProblem[] {
  if (typeof value === 'string') {
    if (!UNSTORABLE.test(value)) return [];
    return [{ field: path.join('.') || '(document)', rule: 'must not hold U+0000 or half a surrogate pair' }];
  }
  if (typeof value !== 'object' || value === null) return [];
  for (const [key, member] of Object.entries(value)) {
    const problems = [...textProblems(key, path), ...textProblems(member, [...path, key])];
    if (problems.length > 0) return problems;
  }
  return [];
}
