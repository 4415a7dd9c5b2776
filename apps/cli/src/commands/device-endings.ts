import type { ApiClient } from '@hamon/api-client';
import { DeviceView, EnrolmentTokenView, pageOf } from '@hamon/contracts';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { deviceText } from '../views/device-view.js';
import { countOf } from '../views/words.js';
import { deviceId, modelName } from './arguments.js';

/** Commands that end a device, or an assignment of one. */
export function addDeviceEndings(device: Command, context: CommandContext): void {
  device
    .command('retire')
    .description(
      'shut a device out for good: its connection is cut, its key is refused, nothing is assigned to it',
    )
    .argument('<id>', 'as "hamon device ls" lists it', deviceId)
    .requiredOption('--why <reason>', 'kept in the audit ledger')
    .addHelpText(
      'after',
      `
The token that it enrolled with may be stolen too: this command says so if the token still lets devices in.

Its history stays; "hamon device ls --where retired" lists it. Rollouts continue without it. New hardware takes over its
id with: hamon enrol-token create --replace ID --ttl 24h

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
        `Warning: the enrolment token that it used still lets ${countOf(left, 'device')} in. If whoever has the device ` +
          `may have the token: hamon enrol-token revoke ${retired.enrolmentToken}`,
      );
    });

  device
    .command('unassign')
    .description('take a model off a device: it is ordered to remove it; its other models go on')
    .argument('<id>', 'as "hamon device ls" lists it', deviceId)
    .argument('<model>', 'that it runs or should run', modelName)
    .requiredOption('--why <reason>', 'kept in the audit ledger')
    .addHelpText(
      'after',
      `
An offline device finds the signed order when it comes back. A device whose agent does not know such an order, as of the
former release, keeps what it runs until a rollout of another model reaches it.

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
