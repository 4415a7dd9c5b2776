import { CommandView, DeviceEvent, MAX_LOG_LINES, printable } from '@hamon/contracts';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { usage } from '../cli-error.js';
import type { ExitCode } from '../exit-code.js';
import { watchCommand } from '../follow/watch-command.js';
import type { Session } from '../session.js';
import { eventsText } from '../views/device-events-view.js';
import { deviceId, wholeNumber } from './arguments.js';
import { addListCommand, whereFields } from './list-command.js';

const DEFAULT_LINES = 200;

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
    instead: {
      flags: (command) =>
        command
          .option('--agent', "the newest lines of the agent's own log instead; the device must be online")
          .option('--lines <n>', `with --agent: so many of them, at most ${MAX_LOG_LINES}`, wholeNumber),
      isAsked: ({ agent, lines }) => {
        if (lines !== undefined && agent !== true) throw usage('--lines goes with --agent');
        return agent === true;
      },
      run: (session, device, { lines }) => agentLog(session, device, Number(lines ?? DEFAULT_LINES)),
    },
  });
}

/** Asks the device by a signed command, and waits for its answer. */
async function agentLog(session: Session, device: string, lines: number): Promise<ExitCode> {
  if (lines > MAX_LOG_LINES) throw usage(`--lines: at most ${MAX_LOG_LINES}`);
  const asked = await session.api.call('POST /v1/devices/{device}/commands', CommandView, {
    params: { device },
    body: { kind: 'logs', lines },
  });
  return watchCommand(session, asked, (answered) => (answered.lines ?? []).map(printable).join('\n'));
}
