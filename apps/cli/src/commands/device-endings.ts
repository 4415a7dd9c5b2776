import type { ApiClient } from '@hamon/api-client';
import { DeviceView, EnrolmentTokenView, pageOf } from '@hamon/contracts';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { deviceText } from '../views/device-view.js';
import { countOf } from '../views/words.js';
import { deviceId, modelName } from './arguments.js';

/** How a device, or what is wanted of it, ends. */
export function addDeviceEndings(device: Command, context: CommandContext): void {
  device
    .command('retire')
    .description(
      'shut a device out for good: its connection is cut, its key refused, nothing is desired of it',
    )
    .argument('<id>', 'as "hamon device ls" lists it', deviceId)
    .requiredOption('--why <reason>', 'kept in the audit ledger')
    .addHelpText(
      'after',
      `
The token that it was enrolled by may have been stolen with it: where it still lets devices in, this command says so.

Its history stays; "hamon device ls --where retired" lists it. Rollouts go on without it. New hardware takes its id over
with: hamon enrol-token create --replace ID --ttl 24h

Example: hamon device retire cam-7 --why "stolen from the line"`,
    )
    .action(async (id: string, { why }: { why: string }, command: Command) => {
      const { api, output } = await context.session(command);
      const retired = await api.call('POST /v1/devices/{id}/retire', DeviceView, {
        params: { id },
        body: { why },
      });
      output.answer('device', retired, () => deviceText(output.colours, retired));
      const left = await usesLeft(api, retired.enrolmentToken);
      if (left === 0) return;
      output.warn(
        `Warning: the enrolment token that it came by still lets ${countOf(left, 'device')} in. If whoever has the device ` +
          `may have the token: hamon enrol-token revoke ${retired.enrolmentToken}`,
      );
    });

  device
    .command('unassign')
    .description('want nothing of a model on a device any more, so that another model may take its place')
    .argument('<id>', 'as "hamon device ls" lists it', deviceId)
    .argument('<model>', 'that it runs or shall run', modelName)
    .requiredOption('--why <reason>', 'kept in the audit ledger')
    .addHelpText(
      'after',
      `
The device goes on with what it runs until a rollout of another model reaches it.

Example: hamon device unassign cam-7 tile-inspector --why "moved to the bottling line"`,
    )
    .action(async (id: string, model: string, { why }: { why: string }, command: Command) => {
      const { api, output } = await context.session(command);
      const changed = await api.call('POST /v1/devices/{id}/unassign', DeviceView, {
        params: { id },
        body: { model, why },
      });
      output.answer('device', changed, () => deviceText(output.colours, changed));
    });
}

async function usesLeft(api: ApiClient, id: string): Promise<number> {
  const { items } = await api.call('GET /v1/enrolment-tokens', pageOf(EnrolmentTokenView), { query: { id } });
  return items
    .filter(({ revokedAt, expiresAt }) => revokedAt === null && Date.parse(expiresAt) > Date.now())
    .reduce((sum, { usesLeft }) => sum + usesLeft, 0);
}
