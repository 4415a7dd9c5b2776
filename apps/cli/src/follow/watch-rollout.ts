import { printable, RolloutView, type DeploymentState, type RolloutState } from '@hamon/contracts';
import { EXIT, type ExitCode } from '../exit-code.js';
import type { Session } from '../session.js';
import { rolloutText } from '../views/rollout-view.js';
import { stateText } from '../views/state-text.js';
import { latecomersOf } from '../api/latecomers.js';
import { latecomersText, offlineText } from '../views/rollout-devices.js';
import { follow, type FollowedWithEvents } from './follow.js';
import { onScreen } from './on-screen.js';

const UNDER_WAY = [
  'assigned',
  'downloading',
  'staged',
  'self-tested',
  'shadowing',
  'active',
] as const satisfies readonly DeploymentState[];
const ENDED = new Set<RolloutState>(['succeeded', 'rolled-back', 'aborted']);

/** Shows a rollout while it runs; answers the exit code for how it ended. */
export async function watchRollout({ api, output }: Session, id: string): Promise<ExitCode> {
  const followed: FollowedWithEvents<RolloutView> = {
    id,
    events: 'GET /v1/rollouts/{id}/events',
    ask: () => api.call('GET /v1/rollouts/{id}', RolloutView, { params: { id } }),
    hasEnded: ({ state }: RolloutView) => ENDED.has(state),
  };
  const drawn = (view: RolloutView): string => rolloutText(output.colours, view);
  const looks = { drawn, line: (view: RolloutView) => summaryOf(view, view.state), notice: waitingText };
  const view = await onScreen(output, looks, (screen) => follow(api, followed, screen));
  const summary = summaryOf(view, stateText(output.colours, view.state));
  const latecomers = await latecomersOf(api, view);
  const late = latecomersText(view, latecomers);
  output.answer('rollout', { ...view, latecomers }, () =>
    [`\n${drawn(view)}`, ...(late === '' ? [] : [late]), summary].join('\n\n'),
  );
  return view.state === 'succeeded' ? EXIT.done : EXIT.rolloutFailed;
}

const summaryOf = ({ model, version, reason }: RolloutView, state: string): string =>
  `${model}@${version}: ${state}${reason ? `: ${printable(reason)}` : ''}`;

/** Otherwise a rollout that waits for a person, or for offline devices, would look like a slow one. */
function waitingText(view: RolloutView): string {
  const { id, state, progress, offline } = view;
  // Only once all devices under way are offline: before that it changes with every device.
  const underWay = UNDER_WAY.reduce((sum, name) => sum + (progress[name] ?? 0), 0);
  if (state === 'running' && offline.count > 0 && offline.count === underWay) {
    return `Waiting for devices that are offline: ${offlineText(view)}`;
  }
  if (state === 'paused') return `Paused. Go on with: hamon rollout resume ${id}`;
  return state === 'awaiting-approval' ? `Waiting for a person. Widen with: hamon rollout approve ${id}` : '';
}
