import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { pushLocalBundle } from '../push/push-bundle.js';
import { readBundleFolder } from '../push/read-bundle-folder.js';
import { versionText } from '../views/version-view.js';
import { bytes, countOf } from '../views/words.js';
import { versionRef, type VersionRef } from './arguments.js';
import { showUploadProgress } from './upload-progress.js';

export function addModelPush(model: Command, context: CommandContext): void {
  model
    .command('push')
    .description('upload a bundle folder as a new version; the server loads and tests it before it answers')
    .argument('<name@version>', 'must equal model and version in bundle.json', versionRef)
    .requiredOption('--bundle <dir>', 'folder with bundle.json and the files that it names')
    .addHelpText(
      'after',
      `
Pushing the same bytes again changes nothing; other bytes under the same version are refused. The report.json of
"hamon compress" is sent too: the version keeps how its variants were made, and rollouts choose by their figures.
  hamon model push tile-inspector@2.0.0 --bundle ./tile-inspector-2.0.0`,
    )
    .action(async (ref: VersionRef, { bundle: folder }: { bundle: string }, command: Command) => {
      const { api, output } = await context.session(command);
      const local = await readBundleFolder(folder, ref);
      if (local.left.length > 0) output.warn(leftText(local.left));
      const { progress, end } = showUploadProgress(output, 'validating …');
      const pushed = await pushLocalBundle(api, local, progress).finally(end);
      const { version, uploadedBytes, presentBytes } = pushed;
      const had = presentBytes > 0 ? `, ${bytes(presentBytes)} were there already` : '';
      output.answer(
        'version',
        { ...version, uploadedBytes, presentBytes },
        () => `${bytes(uploadedBytes)} uploaded${had}.\n\n${versionText(output.colours, version)}`,
      );
    });
}

function leftText(left: readonly string[]): string {
  const names = left.slice(0, 3).join(', ') + (left.length > 3 ? ', …' : '');
  return `Not named in bundle.json, so not pushed: ${names} (${countOf(left.length, 'file')})`;
}
