import { describeProblems, fieldProblems } from '@hamon/contracts';
import type { z } from 'zod';
import { ApiError } from './api-error.js';

/** JSON text of the server → what the contract promises. */
export function decode<S extends z.ZodType>(text: string, answer: S, what: string): z.output<S> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new ApiError('unexpected-answer', `${what}: the answer is not JSON`, { cause });
  }
  const parsed = answer.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new ApiError(
    'unexpected-answer',
    `${what}: the answer is not as agreed: ${describeProblems(fieldProblems(parsed.error))}`,
    { cause: parsed.error },
  );
}
