import { VersionChoicesView } from '@hamon/contracts';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { choicesText } from '../views/choices-view.js';
import { selector, share, versionRef, type VersionRef } from './arguments.js';
import { SELECTOR_HELP } from './device.js';

interface Options {
  readonly where?: string;
  readonly maxAccuracyDrop?: number;
}

export function addModelChoices(model: Command, context: CommandContext): void {
  model
    .command('choices')
    .description('show which variant a rollout would put on which hardware class, and why')
    .argument('<name@version>', 'for example tile-inspector@2.0.0', versionRef)
    .option('--where <expr>', 'which devices; without it, every device', selector)
    .option('--max-accuracy-drop <share>', 'accuracy that a variant may lose; 0.01 is one point', share)
    .addHelpText('after', SELECTOR_HELP)
    .action(async (ref: VersionRef, { where, maxAccuracyDrop }: Options, command: Command) => {
      const { api, output } = await context.session(command);
      const choices = await api.call(
        'GET /v1/models/{model}/versions/{version}/choices',
        VersionChoicesView,
        {
          params: ref,
          query: { where, maxAccuracyDrop },
        },
      );
      output.answer('choices', choices, () => choicesText(output.colours, choices));
    });
}
