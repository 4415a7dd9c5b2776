import { describeProblems, fieldProblems } from '@hamon/contracts';
import { z } from 'zod';

/**
 * What a rollout's row keeps as JSON, each document under its own schema. Documents of earlier releases have no `schema`
 * and count as the first version. A change that a reader of the first version would not understand gets a new schema, and
 * a step that converts the former one.
 */
export const named = <S extends string>(schema: S) => z.literal(schema).prefault(schema);

/** @throws Error with document, field and rule, where neither this release nor an earlier one wrote it */
export function readDocument<T>(what: string, schema: z.ZodType<T>, stored: unknown): T {
  const parsed = schema.safeParse(stored);
  if (parsed.success) return parsed.data;
  throw new Error(`the stored ${what} cannot be read: ${describeProblems(fieldProblems(parsed.error))}`);
}
