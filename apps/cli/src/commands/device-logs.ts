import { DeviceEvent } from '@hamon/contracts';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { eventsText } from '../views/device-events-view.js';
import { deviceId } from './arguments.js';
import { addListCommand, whereFields } from './list-command.js';

export function addDeviceLogs(device: Command, context: CommandContext): void {
  addListCommand(device, context, {
    verb: 'logs',
    description: 'what a device reported of itself, newest first: starts, updates, rollbacks, troubles',
    argument: { name: 'id', description: 'as "hamon device ls" lists it', parse: deviceId },
    page: (api, asked, device) =>
      api.page('GET /v1/devices/{device}/events', DeviceEvent, { params: { device }, ...asked }),
    kind: 'device-events',
    noun: ['event', 'events'],
    where: { example: '"kind in (rolled-back,refused)"', help: whereFields('id, kind') },
    none: 'It has reported nothing yet.',
    table: eventsText,
  });
}
