import { createLogUpdate } from 'log-update';
import { RolloutView, type RolloutState } from '@hamon/contracts';
import { EXIT, type ExitCode } from '../exit-code.js';
import type { Output } from '../output.js';
import type { Session } from '../session.js';
import { printable } from '../views/printable.js';
import { rolloutText } from '../views/rollout-view.js';
import { stateText } from '../views/state-text.js';
import { clock } from '../views/words.js';
import { eventLine } from './event-line.js';
import { follow, type Follower } from './follow.js';

const ENDED = new Set<RolloutState>(['succeeded', 'rolled-back', 'aborted']);
const hasEnded = ({ state }: RolloutView): boolean => ENDED.has(state);

/** Shows a rollout while it runs; answers the exit code that its end deserves. */
export async function watchRollout({ api, output }: Session, id: string): Promise<ExitCode> {
  const screen = output.live ? liveScreen(output) : plainLines(output);
  try {
    const view = await follow(api, { path: `/v1/rollouts/${id}`, view: RolloutView, hasEnded }, screen);
    screen.end();
    output.answer('rollout', view, () => endText(output, view));
    return view.state === 'succeeded' ? EXIT.done : EXIT.rolloutFailed;
  } finally {
    screen.end();
  }
}

type Screen = Follower<RolloutView> & { end(): void };

/** Events scroll by; below them the stages are drawn anew. */
function liveScreen(output: Output): Screen {
  const draw = createLogUpdate(process.stdout);
  let view: RolloutView | undefined;
  let lost = false;
  let ended = false;
  const redraw = (): void => {
    if (!view) return;
    const notice = lost ? LOST : waitingText(view);
    const below = notice === '' ? '' : `\n\n${output.colours.yellow(notice)}`;
    draw(`\n${rolloutText(output.colours, view)}${below}`);
  };
  return {
    onView(next) {
      view = next;
      redraw();
    },
    onEvent(event) {
      draw.persist(eventLine(output, event));
      redraw();
    },
    onConnection(state) {
      lost = state === 'lost';
      redraw();
    },
    end() {
      // Twice is once: the cursor must come back whatever happened in between.
      if (!ended) draw.done();
      ended = true;
    },
  };
}

/** For logs and pipes: one line per event, and one where the state changes. */
function plainLines(output: Output): Screen {
  let state = '';
  return {
    onView(view) {
      if (view.state === state) return;
      state = view.state;
      const reason = view.reason ? `: ${printable(view.reason)}` : '';
      output.say(`${clock(new Date().toISOString())}  ${view.model}@${view.version}: ${view.state}${reason}`);
      // On stderr, so that the log of a CI job that reads JSON shows it too.
      if (waitingText(view) !== '') output.warn(waitingText(view));
    },
    onEvent: (event) => output.say(eventLine(output, event)),
    onConnection: (connection) => output.warn(connection === 'lost' ? LOST : 'The connection is back.'),
    end: () => undefined,
  };
}

const LOST = 'The connection is lost; trying again …';

/** A rollout that waits for a person would otherwise look like one that takes its time. */
function waitingText({ id, state }: RolloutView): string {
  if (state === 'paused') return `Paused. Go on with: hamon rollout resume ${id}`;
  return state === 'awaiting-approval' ? `Waiting for a person. Widen with: hamon rollout approve ${id}` : '';
}

/** The live screen shows the stages already. */
function endText(output: Output, view: RolloutView): string {
  const summary = `${view.model}@${view.version}: ${stateText(output.colours, view.state)}`;
  const reason = view.reason ? `: ${printable(view.reason)}` : '';
  const stages = output.live ? '' : `\n${rolloutText(output.colours, view)}\n\n`;
  return `${stages}${summary}${reason}`;
}
