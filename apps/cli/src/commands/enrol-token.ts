import { EnrolmentTokenView } from '@hamon/contracts';
import type { Command } from 'commander';
import { resolveId } from '../api/resolve-id.js';
import { usage } from '../cli-error.js';
import type { CommandContext } from '../command-context.js';
import { enrolTokensText } from '../views/enrol-token-view.js';
import { cell, fields } from '../views/table.js';
import { labelText, localTime } from '../views/words.js';
import { deviceId, durationSeconds, idOrPrefix, labelSet, wholeNumber } from './arguments.js';
import { addListCommand, whereFields } from './list-command.js';

interface Options {
  readonly uses?: number;
  readonly ttl: number;
  readonly label?: Record<string, string>;
  readonly replace?: string;
}

export function addEnrolTokenCommands(enrolToken: Command, context: CommandContext): void {
  addCreate(enrolToken, context);
  addList(enrolToken, context);
  addRevoke(enrolToken, context);
}

function addCreate(enrolToken: Command, context: CommandContext): void {
  enrolToken
    .command('create')
    .description('create a token with which devices join the fleet; it is shown only once')
    .option('--uses <n>', 'how many devices may use it', wholeNumber)
    .requiredOption('--ttl <duration>', 'how long it is valid: 90s, 10m, 24h, 7d', durationSeconds)
    .option('--label <key=value>', 'given to each device that uses it; may be repeated', labelSet)
    .option(
      '--replace <id>',
      "give this device's id, labels and history to new hardware; the old hardware is then cut off for good",
      deviceId,
    )
    .addHelpText(
      'after',
      `
Examples:
  hamon enrol-token create --uses 20 --ttl 24h --label site=osaka
  hamon enrol-token create --replace cam-7 --ttl 24h`,
    )
    .action(async (options: Options, command: Command) => {
      const wanted = { uses: usesOf(options), ttlSeconds: options.ttl, labels: options.label ?? {} };
      const { replace } = options;
      const { api, output } = await context.session(command);
      // Not repeated when its answer was lost: that would leave a second token that nobody knows.
      const made = await api.call('POST /v1/enrolment-tokens', EnrolmentTokenView, {
        body: replace === undefined ? wanted : { ...wanted, replaces: replace },
        once: true,
      });
      output.answer('enrolment-token', made, () =>
        [
          fields(output.colours, [
            ['token', output.colours.bold(cell(made.token))],
            ['id', made.id],
            ['uses', String(made.usesLeft)],
            ['expires', localTime(made.expiresAt)],
            made.replaces === null
              ? ['labels', cell(labelText(made.labels))]
              : ['replaces', `${cell(made.replaces)}, whose key is refused for good once the token is used`],
          ]),
          '',
          'On the device:',
          `  hamon-agent enrol --server ${api.server} --token ${cell(made.token)} --state ./state`,
        ].join('\n'),
      );
    });
}

function usesOf({ uses, replace, label }: Options): number {
  if (replace === undefined) {
    if (uses === undefined) throw usage('say how many devices may use it: --uses N');
    return uses;
  }
  if (label) throw usage('--replace keeps the labels of the device: leave --label out');
  if (uses !== undefined && uses !== 1) throw usage('--replace is for one device: leave --uses out');
  return 1;
}

function addList(enrolToken: Command, context: CommandContext): void {
  addListCommand(enrolToken, context, {
    description: 'list the enrolment tokens, oldest first; the tokens themselves are not kept',
    page: (api, asked) => api.page('GET /v1/enrolment-tokens', EnrolmentTokenView, asked),
    kind: 'enrolment-tokens',
    noun: ['enrolment token', 'enrolment tokens'],
    where: { example: 'valid', help: whereFields('id, valid (opens the fleet still)') },
    none: 'No enrolment tokens yet. Make one with: hamon enrol-token create --uses 1 --ttl 24h',
    table: enrolTokensText,
  });
}

function addRevoke(enrolToken: Command, context: CommandContext): void {
  enrolToken
    .command('revoke')
    .description('revoke a token: it lets no further device in; devices that used it stay')
    .argument('<id>', 'as "hamon enrol-token ls" lists it, or its beginning', idOrPrefix)
    .action(async (given: string, _options: unknown, command: Command) => {
      const { api, output } = await context.session(command);
      const id = await resolveId(api, 'GET /v1/enrolment-tokens', given, 'enrolment token');
      const revoked = await api.call('DELETE /v1/enrolment-tokens/{id}', EnrolmentTokenView, {
        params: { id },
      });
      output.answer('enrolment-token', revoked, () => `Enrolment token ${revoked.id} is revoked.`);
    });
}
