import { CompressionView } from '@hamon/contracts';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { watchCompression } from '../follow/watch-compression.js';
import type { LocalFile } from '../push/read-bundle-folder.js';
import { readSampleFolder } from '../push/read-sample-folder.js';
import { uploadFiles } from '../push/upload-files.js';
import { compressionText } from '../views/compression-view.js';
import { versionName, versionRef, type VersionRef } from './arguments.js';
import { addRecipeFlags, explainCompressFault, readRecipeFlags, type RecipeFlags } from './recipe-flags.js';
import { showUploadProgress } from './upload-progress.js';

interface Flags extends RecipeFlags {
  readonly as: string;
  readonly wait?: boolean;
}

const HELP = `
The server makes the variants in a separate process and stores the result as a new, validated version, which can be
released and rolled out. Only images that the server does not have are sent.
  hamon compression start tile-inspector@2.0.0 --as 2.1.0 --variants int8-static,fp16 --calibration ./tiles/train --evaluate ./tiles/test --wait`;

export function addCompressionStart(compression: Command, context: CommandContext): void {
  const command = compression
    .command('start')
    .description('make smaller and faster variants of a version on the server')
    .argument('<name@version>', 'source version; the others are made from its variant fp32', versionRef)
    .requiredOption('--as <version>', 'version of the result', versionName);
  addRecipeFlags(command)
    .option('--wait', 'watch it to its end; exit code 3 where it ends in failure')
    .addHelpText('after', HELP)
    .action(async (ref: VersionRef, flags: Flags, self: Command) => {
      const { api, output } = await context.session(self);
      const { recipe, calibration, evaluation } = await readInputs(flags);
      const { progress, end } = showUploadProgress(output, 'checking …');
      const files = [...(calibration ?? []), ...(evaluation ?? [])];
      await uploadFiles(api, files, progress).finally(end);
      const { model, version: sourceVersion } = ref;
      const started = await api.call('POST /v1/compressions', CompressionView, {
        body: {
          ...{ model, sourceVersion, resultVersion: flags.as, recipe },
          ...(calibration ? { calibration: calibration.map(sampleOf) } : {}),
          ...(evaluation ? { evaluation: evaluation.map(sampleOf) } : {}),
        },
      });
      if (flags.wait === true) {
        output.say(`Compression ${started.id} started.`);
        context.exitWith(await watchCompression({ api, output }, started.id));
        return;
      }
      output.answer(
        'compression',
        started,
        () =>
          `${compressionText(output.colours, started)}\n\nWatch it with: hamon compression watch ${started.id}`,
      );
    });
}

interface Inputs {
  readonly recipe: Readonly<Record<string, unknown>>;
  readonly calibration: readonly LocalFile[] | undefined;
  readonly evaluation: readonly LocalFile[] | undefined;
}

/** All local files are read before anything is sent. */
async function readInputs(flags: Flags): Promise<Inputs> {
  try {
    const recipe = await readRecipeFlags(flags);
    const folder = (dir: string | undefined) => (dir === undefined ? undefined : readSampleFolder(dir));
    return { recipe, calibration: await folder(flags.calibration), evaluation: await folder(flags.evaluate) };
  } catch (cause) {
    throw explainCompressFault(cause);
  }
}

const sampleOf = ({ path, sha256, length }: LocalFile) => ({ path, sha256, length });
