import { CommandView } from '@hamon/contracts';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { watchCommand } from '../follow/watch-command.js';
import { deviceId } from './arguments.js';

export function addDeviceRestart(device: Command, context: CommandContext): void {
  device
    .command('restart')
    .description("restart a device's agent: it stops in order, and its supervisor (systemd) starts it again")
    .argument('<id>', 'as "hamon device ls" lists it', deviceId)
    .option('--wait', 'until it is back')
    .addHelpText(
      'after',
      `
Frames under way have their answers first. Settings of a configuration that wait for a start are used from then on; "hamon
device show" says which. An agent that nobody supervises stays away: it ends with exit code 75.`,
    )
    .action(async (id: string, { wait }: { wait?: boolean }, command: Command) => {
      const session = await context.session(command);
      const { api, output } = session;
      const asked = await api.call('POST /v1/devices/{device}/commands', CommandView, {
        params: { device: id },
        body: { kind: 'restart' },
      });
      if (!wait) {
        output.answer('command', asked, () => `${id} is asked to restart.`);
        return;
      }
      context.exitWith(await watchCommand(session, asked, () => `${id} is back.`));
    });
}
