import type { Recipe } from '@hamon/compress';
import { InvalidArgumentError, type Command } from 'commander';
import { CliError } from '../cli-error.js';
import type { CommandContext } from '../command-context.js';
import { compressText } from '../views/compress-view.js';
import { showCompressProgress } from './compress-progress.js';

interface CompressFlags {
  readonly out: string;
  readonly variants?: readonly string[];
  readonly calibration?: string;
  readonly evaluate?: string;
  readonly maxAccuracyDrop?: number;
  readonly recipe?: string;
}

export function addCompressCommand(program: Command, context: CommandContext): void {
  program
    .command('compress')
    .description('make smaller and faster variants of a model and measure them; needs no server')
    .argument('<source>', 'a bundle folder, or an ONNX file alone')
    .requiredOption('--out <dir>', 'folder to be made: a bundle to push, with report.json and report.html')
    .option(
      '--variants <list>',
      'of fp16, int8-static, int8-static-tensor, int8-mixed, int8-dynamic, int8-weights, int4-weights, pruned, pruned-int8',
      names,
    )
    .option('--calibration <dir>', 'images to calibrate with and to choose by')
    .option('--evaluate <dir>', 'images to report on, in class subfolders; never used for choosing')
    .option('--max-accuracy-drop <share>', 'accuracy that may be lost, 0.01 is one point', share)
    .option('--recipe <file>', 'JSON file with everything else; flags win over it')
    .addHelpText(
      'after',
      `
The original stays in the result as fp32. The same recipe on the same files gives the same variants, byte by byte.
  hamon compress ./tile-inspector-2.0.0 --out out/tile --variants int8-static,fp16 --calibration ./tiles/train --evaluate ./tiles/test
  hamon model push tile-inspector@2.0.0 --bundle out/tile`,
    )
    .action(async (source: string, flags: CompressFlags, command: Command) => {
      const output = context.output(command);
      // Loaded only here: no other command needs a model library.
      const { compress, evaluationGapOf, readRecipeFile, summaryOf } = await import('@hamon/compress');
      const progress = showCompressProgress(context.io, output.colours);
      try {
        const file = flags.recipe === undefined ? {} : await readRecipeFile(flags.recipe);
        const { out, calibration, evaluate } = flags;
        const options = { source, out, recipe: recipeOf(file, flags), calibration, evaluate };
        const report = await compress(options, progress.show, context.io.signal);
        progress.end();
        output.answer('compress', summaryOf(report), () =>
          compressText(output.colours, report, evaluationGapOf(report), out),
        );
      } catch (cause) {
        progress.end();
        throw explained(cause);
      }
    });
}

/** Flags over the file's keys. */
function recipeOf(
  file: Readonly<Record<string, unknown>>,
  { variants, maxAccuracyDrop }: CompressFlags,
): unknown {
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

function explained(cause: unknown): unknown {
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

function share(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError('It must be a share between 0 and 1, for example 0.01.');
}
