import type { Recipe } from '@hamon/compress';
import { InvalidArgumentError, type Command } from 'commander';
import { CliError } from '../cli-error.js';
import { share } from './arguments.js';

/** Flags that make a recipe, and the folders that it works with. */
export interface RecipeFlags {
  readonly variants?: readonly string[];
  readonly calibration?: string;
  readonly evaluate?: string;
  readonly maxAccuracyDrop?: number;
  readonly recipe?: string;
}

export const addRecipeFlags = (command: Command): Command =>
  command
    .option(
      '--variants <list>',
      'of fp16, int8-static, int8-static-tensor, int8-mixed, int8-dynamic, int8-weights, int4-weights, pruned, pruned-int8',
      names,
    )
    .option('--calibration <dir>', 'images to calibrate with and, a quarter kept apart, to choose by')
    .option('--evaluate <dir>', 'images to report on, with what they show; never used for choosing')
    .option('--max-accuracy-drop <share>', 'accuracy that may be lost; 0.01 is one point', share)
    .option('--recipe <file>', 'JSON file with everything else; flags win over it');

/** Flags override the file's keys. */
export async function readRecipeFlags(flags: RecipeFlags): Promise<Readonly<Record<string, unknown>>> {
  const { variants, maxAccuracyDrop } = flags;
  // Loaded only here: no other command needs a model library.
  const { readRecipeFile } = await import('@hamon/compress');
  const file = flags.recipe === undefined ? {} : await readRecipeFile(flags.recipe);
  if (variants === undefined && file['variants'] === undefined)
    throw new CliError('usage', 'which variants? Name them with --variants or in the recipe', {
      hint: 'Example: --variants int8-static,fp16',
    });
  const constraints = file['constraints'] as Recipe['constraints'] | undefined;
  return {
    ...file,
    ...(variants === undefined ? {} : { variants }),
    ...(maxAccuracyDrop === undefined ? {} : { constraints: { ...constraints, maxAccuracyDrop } }),
  };
}

/** Errors of the compression library as this program's own; others unchanged. */
export function explainCompressFault(cause: unknown): unknown {
  if (!(cause instanceof Error) || !['CompressError', 'OnnxError'].includes(cause.name)) return cause;
  const { code } = cause as Error & { readonly code: string };
  if (code === 'cancelled') return new CliError('interrupted', cause.message, { cause });
  return new CliError(code === 'option-invalid' ? 'usage' : 'compress', cause.message, { cause });
}

function names(text: string): readonly string[] {
  const list = text.split(',').map((name) => name.trim());
  if (list.every((name) => name !== '')) return list;
  throw new InvalidArgumentError('Write variants as NAME,NAME.');
}
