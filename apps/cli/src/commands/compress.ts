import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { compressText } from '../views/compress-view.js';
import { showCompressProgress } from './compress-progress.js';
import { addRecipeFlags, explainCompressFault, readRecipeFlags, type RecipeFlags } from './recipe-flags.js';

interface CompressFlags extends RecipeFlags {
  readonly out: string;
}

export function addCompressCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('compress')
    .description('make smaller and faster variants of a model and measure them; needs no server')
    .argument('<source>', 'a bundle folder, or an ONNX file alone')
    .requiredOption('--out <dir>', 'folder to create: a bundle to push, with report.json and report.html');
  addRecipeFlags(command)
    .addHelpText(
      'after',
      `
The result keeps the original as fp32. The same recipe on the same files gives the same variants, byte by byte.
  hamon compress ./tile-inspector-2.0.0 --out out/tile --variants int8-static,fp16 --calibration ./tiles/train --evaluate ./tiles/test
  hamon model push tile-inspector@2.0.0 --bundle out/tile
What images show is told by what lies in a folder: class subfolders (classification) · annotations.json (COCO), or labels/ beside
images/ (YOLO) · masks/ beside images/ · good/ beside subfolders of faults (MVTec) · values.csv (file,name,…)`,
    )
    .action(async (source: string, flags: CompressFlags, self: Command) => {
      const output = context.output(self);
      // Loaded only here: no other command needs a model library.
      const { allFloatOf, compress, evaluationGapOf, summaryOf } = await import('@hamon/compress');
      const progress = showCompressProgress(context.io, output.colours);
      try {
        const { out, calibration, evaluate } = flags;
        const options = { source, out, recipe: await readRecipeFlags(flags), calibration, evaluate };
        const report = await compress(options, progress.show, context.io.signal);
        progress.end();
        output.answer('compress', summaryOf(report), () =>
          compressText(
            output.colours,
            report,
            { gap: evaluationGapOf(report), allFloat: allFloatOf(report) },
            out,
          ),
        );
      } catch (cause) {
        progress.end();
        throw explainCompressFault(cause);
      }
    });
}
