import { readFile, stat } from 'node:fs/promises';
import { describeProblems, fieldProblems } from '@hamon/contracts';
import { CompressError } from '../errors.js';
import { Recipe } from './recipe.js';

const MAX_RECIPE_BYTES = 4 * 1024 ** 2;

/**
 * Checks a recipe and fills in what it leaves out.
 * @throws CompressError `option-invalid` naming the keys and their rules
 */
export function parseRecipe(value: unknown): Recipe {
  const parsed = Recipe.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new CompressError('option-invalid', `recipe: ${describeProblems(fieldProblems(parsed.error))}`, {
    cause: parsed.error,
  });
}

/**
 * A recipe file as JSON, still to be checked by {@link parseRecipe} once other options are laid over it.
 * @throws CompressError `option-invalid`
 */
export async function readRecipeFile(path: string): Promise<Readonly<Record<string, unknown>>> {
  const refuse = (detail: string, cause?: unknown): CompressError =>
    new CompressError('option-invalid', `recipe ${path}: ${detail}`, { cause });
  const facts = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    throw refuse(`it is no file that can be read: ${cause.code}`, cause);
  });
  if (!facts.isFile()) throw refuse('it is no file that can be read');
  if (facts.size > MAX_RECIPE_BYTES) throw refuse(`it has ${facts.size} bytes, at most ${MAX_RECIPE_BYTES}`);
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw refuse(`it is no JSON: ${(cause as Error).message}`, cause);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refuse('it is no JSON object');
  return value as Record<string, unknown>;
}
