import { ApiError } from '@hamon/api-client';
import {
  BenchmarkView,
  DEVICE_HEALTH,
  DeviceConfigurationView,
  DeviceEvent,
  DeviceView,
  TelemetryWindow,
} from '@hamon/contracts';
import type { Command } from 'commander';
import { usage } from '../cli-error.js';
import type { CommandContext } from '../command-context.js';
import { devicesText, deviceText } from '../views/device-view.js';
import { deviceId, label } from './arguments.js';
import { addListCommand } from './list-command.js';

export const SELECTOR_HELP = `
EXPR selects devices by labels and facts (id, arch, platform, cores, online, retired); all conditions must hold:
  site=osaka            has this value              line in (a,b)       has one of these
  site!=osaka           has not                     line notin (a,b)    has none of these
  camera                has the label               !camera             has it not`;

/** Enough to explain its health; `device logs` has the others. */
const NEWEST_EVENTS = 5;

export function addDeviceCommands(device: Command, context: CommandContext): void {
  addListCommand(device, context, {
    description: 'list the devices: what runs there, what should run there, and how far the update is',
    page: (api, asked) => api.page('GET /v1/devices', DeviceView, asked),
    kind: 'devices',
    noun: ['device', 'devices'],
    where: {
      example: 'site=osaka,health=failing; "retired" shows those',
      help: `${SELECTOR_HELP.trimStart()}

Here it can also ask for health (${DEVICE_HEALTH.join(', ')}) and for trouble, the word behind
degraded and failing: "health in (degraded,failing)", trouble=source-unreadable.`,
    },
    none: 'No devices yet. Let one in with: hamon enrol-token create --uses 1 --ttl 24h',
    table: devicesText,
    note: (items) => `${items.filter(({ online }) => online).length} online`,
  });

  device
    .command('show')
    .description('show one device, its configuration, its newest events and its newest benchmark')
    .argument('<id>', 'as "hamon device ls" lists it', deviceId)
    .action((id: string, _options: unknown, command: Command) => showDevice(context, id, command));

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
      const labelled = await api.call('PATCH /v1/devices/{id}', DeviceView, {
        params: { id },
        body: { labels },
      });
      output.answer('device', labelled, () => deviceText(output.colours, labelled));
    });
}

async function showDevice(context: CommandContext, id: string, command: Command): Promise<void> {
  const { api, output } = await context.session(command);
  const shown = await api.call('GET /v1/devices/{id}', DeviceView, { params: { id } });
  const params = { device: id };
  const [benchmark = null] = await api.list('GET /v1/devices/{device}/benchmarks', BenchmarkView, {
    params,
    most: 1,
  });
  const events = await api.list('GET /v1/devices/{device}/events', DeviceEvent, {
    params,
    most: NEWEST_EVENTS,
  });
  const [window = null] = await api.list('GET /v1/devices/{device}/windows', TelemetryWindow, {
    params,
    most: 1,
  });
  const configuration = await api
    .call('GET /v1/devices/{device}/configuration', DeviceConfigurationView, { params })
    .catch(noneOfEarlierRelease);
  output.answer('device', { ...shown, configuration, benchmark, events, window }, () =>
    deviceText(output.colours, shown, { configuration, benchmark, events, window }),
  );
}

/** The device itself was found: a control plane of an earlier release knows no configurations. */
function noneOfEarlierRelease(cause: unknown): null {
  if (cause instanceof ApiError && cause.status === 404) return null;
  throw cause;
}

function labelArgument(text: string): ReturnType<typeof label> {
  try {
    return label(text);
  } catch (cause) {
    throw usage(`"${text}": ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}
