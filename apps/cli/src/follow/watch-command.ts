import { CommandView } from '@hamon/contracts';
import { EXIT, type ExitCode } from '../exit-code.js';
import type { Session } from '../session.js';
import { cell } from '../views/table.js';
import { onScreen } from './on-screen.js';
import { pollToEnd } from './poll-to-end.js';

/** Shows how far a command is until it has ended, then what came of it; answers the exit code for how it ended. */
export async function watchCommand(
  { api, output }: Session,
  asked: CommandView,
  succeeded: (view: CommandView) => string,
): Promise<ExitCode> {
  const followed = {
    ask: () => api.call('GET /v1/commands/{id}', CommandView, { params: { id: asked.id } }),
    hasEnded: ({ endedAt }: CommandView) => endedAt !== null,
  };
  const line = ({ state }: CommandView): string => WAITING[state] ?? state;
  const view = await onScreen(output, { drawn: line }, (screen) => pollToEnd(api, followed, screen));
  const isDone = view.state === 'succeeded';
  output.answer('command', view, () => (isDone ? succeeded(view) : failedText(view)));
  return isDone ? EXIT.done : EXIT.failed;
}

const WAITING: Partial<Record<CommandView['state'], string>> = {
  requested: 'waiting for the device to hear it',
  accepted: 'the device has heard it; waiting for it to come back',
};

function failedText({ device, state, reason }: CommandView): string {
  if (state === 'expired') return `${device} has not answered in time.`;
  return `${device}: ${state}${reason ? `: ${cell(reason.code)}: ${cell(reason.detail)}` : ''}`;
}
