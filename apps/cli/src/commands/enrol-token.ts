import { EnrolmentTokenView } from '@hamon/contracts';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { cell, fields } from '../views/table.js';
import { labelText, localTime } from '../views/words.js';
import { durationSeconds, labelSet, wholeNumber } from './arguments.js';

interface Options {
  readonly uses: number;
  readonly ttl: number;
  readonly label?: Record<string, string>;
}

export function addEnrolTokenCommands(enrolToken: Command, context: CommandContext): void {
  enrolToken
    .command('create')
    .description('make a token with which devices join the fleet; it is shown this once')
    .requiredOption('--uses <n>', 'how many devices may use it', wholeNumber)
    .requiredOption('--ttl <duration>', 'how long it is valid: 90s, 10m, 24h, 7d', durationSeconds)
    .option('--label <key=value>', 'given to each device that uses it; may be repeated', labelSet)
    .addHelpText('after', '\nExample: hamon enrol-token create --uses 20 --ttl 24h --label site=osaka')
    .action(async ({ uses, ttl, label: labels = {} }: Options, command: Command) => {
      const { api, output } = await context.session(command);
      // Not repeated when its answer was lost: that would leave a second token that nobody knows of.
      const made = await api.request(
        { method: 'POST', path: '/v1/enrolment-tokens', json: { uses, ttlSeconds: ttl, labels }, once: true },
        EnrolmentTokenView,
      );
      output.answer('enrolment-token', made, () =>
        [
          fields(output.colours, [
            ['token', output.colours.bold(cell(made.token))],
            ['uses', String(made.usesLeft)],
            ['expires', localTime(made.expiresAt)],
            ['labels', cell(labelText(made.labels))],
          ]),
          '',
          'On the device:',
          `  hamon-agent enrol --server ${api.server} --token ${cell(made.token)} --state ./state`,
        ].join('\n'),
      );
    });
}
