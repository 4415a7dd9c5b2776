import type { PipeTransform } from '@nestjs/common';
import { describeProblems, fieldProblems } from '@hamon/contracts';
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
    if (parsed.success) return parsed.data;
    const errors = fieldProblems(parsed.error).map((problem) =>
      problem.field === '(document)' && this.field !== undefined
        ? { ...problem, field: this.field }
        : problem,
    );
    throw new ControlPlaneError('invalid-request', describeProblems(errors), { errors });
  }
}

export const zod = <T extends z.ZodType>(schema: T, field?: string): ZodPipe<T> => new ZodPipe(schema, field);
