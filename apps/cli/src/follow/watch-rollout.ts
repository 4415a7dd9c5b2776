import { RolloutView, type RolloutState } from '@hamon/contracts';
import { EXIT, type ExitCode } from '../exit-code.js';
import type { Session } from '../session.js';
import { printable } from '../views/printable.js';
import { rolloutText } from '../views/rollout-view.js';
import { stateText } from '../views/state-text.js';
import { follow } from './follow.js';
import { onScreen } from './on-screen.js';

const ENDED = new Set<RolloutState>(['succeeded', 'rolled-back', 'aborted']);

/** Shows a rollout while it runs; answers the exit code that its end deserves. */
export async function watchRollout({ api, output }: Session, id: string): Promise<ExitCode> {
  const followed = {
    path: `/v1/rollouts/${id}`,
    view: RolloutView,
    hasEnded: ({ state }: RolloutView) => ENDED.has(state),
  };
  const drawn = (view: RolloutView): string => rolloutText(output.colours, view);
  const looks = { drawn, line: (view: RolloutView) => summaryOf(view, view.state), notice: waitingText };
  const view = await onScreen(output, looks, (screen) => follow(api, followed, screen));
  const summary = summaryOf(view, stateText(output.colours, view.state));
  output.answer('rollout', view, () => `\n${drawn(view)}\n\n${summary}`);
  return view.state === 'succeeded' ? EXIT.done : EXIT.rolloutFailed;
}

const summaryOf = ({ model, version, reason }: RolloutView, state: string): string =>
  `${model}@${version}: ${state}${reason ? `: ${printable(reason)}` : ''}`;

/** A rollout that waits for a person would otherwise look like one that takes its time. */
function waitingText({ id, state }: RolloutView): string {
  if (state === 'paused') return `Paused. Go on with: hamon rollout resume ${id}`;
  return state === 'awaiting-approval' ? `Waiting for a person. Widen with: hamon rollout approve ${id}` : '';
}
