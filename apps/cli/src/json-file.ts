import { readFile } from 'node:fs/promises';
import { fieldProblems } from '@hamon/contracts';
import type { z } from 'zod';
import { CliError } from './cli-error.js';

/**
 * A JSON file of this machine, as it is written there.
 *
 * @throws CliError where it cannot be read or breaks the schema's rules
 */
export async function jsonFile<T extends z.ZodType>(path: string, schema: T): Promise<z.input<T>> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new CliError('local-file', `${path}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return json as z.input<T>;
  throw new CliError('local-file', `${path} breaks its rules:`, {
    cause: parsed.error,
    fields: fieldProblems(parsed.error),
  });
}
