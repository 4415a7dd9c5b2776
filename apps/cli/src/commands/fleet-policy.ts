import { FleetPolicyDocument, FleetPolicyView } from '@hamon/contracts';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { jsonFile } from '../json-file.js';
import { policiesText, policyText } from '../views/fleet-policy-view.js';
import { wholeNumber } from './arguments.js';
import { listText } from '../views/list-text.js';
import { addPagingFlags, type PagingFlags } from './list-command.js';

const EXAMPLE = `
FILE is the document that "hamon fleet policy show --json" prints, changed. It says the version it was made of; where
somebody else has changed the policy since, it is refused.

Example:
  {"schema":"hamon.fleet-policy/1","samples":{"upload":true,"retentionDays":30,
   "maxBytesPerDeviceDay":52428800,"maxBytes":10737418240}}`;

export function addFleetPolicyCommands(policy: Command, context: CommandContext): void {
  policy
    .command('show')
    .description('show what the fleet allows: whether pictures leave the devices, how many, and for how long')
    .option(
      '--version-number <n>',
      'a former version, as "hamon fleet policy history" lists them',
      wholeNumber,
    )
    .action(async ({ versionNumber }: { versionNumber?: number }, command: Command) => {
      const { api, output } = await context.session(command);
      const shown = await api.call('GET /v1/fleet/policy', FleetPolicyView, {
        query: { version: versionNumber },
      });
      output.answer('fleet-policy', shown, () => policyText(output.colours, shown));
    });

  policy
    .command('set')
    .description('change what the fleet allows, by a file')
    .argument('<file>', 'a JSON document')
    .addHelpText('after', EXAMPLE)
    .action(async (file: string, _options: unknown, command: Command) => {
      const { api, output } = await context.session(command);
      const body = await jsonFile(file, FleetPolicyDocument);
      const changed = await api.call('PUT /v1/fleet/policy', FleetPolicyView, { body });
      output.answer('fleet-policy', changed, () => policyText(output.colours, changed));
    });

  addPagingFlags(
    policy.command('history').description('list the versions of the policy, newest first'),
  ).action(async ({ limit, after }: PagingFlags, command: Command) => {
    const { api, output } = await context.session(command);
    const page = await api.page('GET /v1/fleet/policy/versions', FleetPolicyView, { limit, after });
    const words = {
      noun: ['version', 'versions'] as const,
      none: 'Nobody has changed the policy yet: nothing leaves the devices.',
      table: policiesText,
    };
    output.answer('fleet-policies', page, () =>
      listText(output.colours, words, page, { isNarrowed: false, after }),
    );
  });
}
