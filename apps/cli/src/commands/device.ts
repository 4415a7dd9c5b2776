import { BenchmarkView, DeviceView } from '@hamon/contracts';
import type { Command } from 'commander';
import { usage } from '../cli-error.js';
import type { CommandContext } from '../command-context.js';
import { devicesText, deviceText } from '../views/device-view.js';
import { deviceId, label, selector } from './arguments.js';

export const SELECTOR_HELP = `
EXPR selects devices by labels and facts (id, arch, platform, cores, online, retired); all conditions must hold:
  site=osaka            has this value              line in (a,b)       has one of these
  site!=osaka           has not                     line notin (a,b)    has none of these
  camera                has the label               !camera             has it not`;

export function addDeviceCommands(device: Command, context: CommandContext): void {
  device
    .command('ls')
    .description('list the devices: what runs there, what shall run there, and how far it is')
    .option('--where <expr>', 'only those that match, for example site=osaka,online', selector)
    .addHelpText('after', SELECTOR_HELP)
    .action(async ({ where }: { where?: string }, command: Command) => {
      const { api, output } = await context.session(command);
      const items = await api.list('/v1/devices', DeviceView, { where });
      output.answer('devices', { items }, () => devicesText(output.colours, items, where !== undefined));
    });

  device
    .command('show')
    .description('show one device and its newest benchmark')
    .argument('<id>', 'as "hamon device ls" lists it', deviceId)
    .action(async (id: string, _options: unknown, command: Command) => {
      const { api, output } = await context.session(command);
      const shown = await api.get(`/v1/devices/${id}`, DeviceView);
      const [benchmark = null] = await api.list(`/v1/devices/${id}/benchmarks`, BenchmarkView, {}, 1);
      output.answer('device', { ...shown, benchmark }, () => deviceText(output.colours, shown, benchmark));
    });

  device
    .command('label')
    .description('set labels of a device, or remove them')
    .argument('<id>', 'as "hamon device ls" lists it', deviceId)
    .argument('<labels...>', 'key=value to set, key- to remove')
    .addHelpText('after', '\nExample: hamon device label cam-7 site=osaka line=a trial-')
    .action(async (id: string, given: string[], _options: unknown, command: Command) => {
      const labels: Record<string, string | null> = {};
      for (const { key, value } of given.map(labelArgument)) labels[key] = value;
      const { api, output } = await context.session(command);
      const labelled = await api.request(
        { method: 'PATCH', path: `/v1/devices/${id}`, json: { labels } },
        DeviceView,
      );
      output.answer('device', labelled, () => deviceText(output.colours, labelled));
    });
}

function labelArgument(text: string): ReturnType<typeof label> {
  try {
    return label(text);
  } catch (cause) {
    throw usage(`"${text}": ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}
