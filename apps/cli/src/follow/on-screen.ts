import { printable, type HistoryEvent } from '@hamon/contracts';
import { createLogUpdate } from 'log-update';
import type { Output } from '../output.js';
import { clock } from '../views/words.js';
import type { Follower } from './follow.js';

/** How something under way is shown. */
export interface Looks<V> {
  /** Redrawn below the events on a terminal. */
  readonly drawn: (view: V) => string;
  /** For logs and pipes, printed when it changes; left out where the events say everything. */
  readonly line?: (view: V) => string;
  /** What the person is asked to do; usually empty. */
  readonly notice?: (view: V) => string;
}

interface Screen<V> extends Follower<V> {
  /** Takes away what is drawn. */
  clear(): void;
  /** Leaves what is drawn in place; may be called twice. */
  end(): void;
}

const LOST = 'The connection is lost; trying again …';

/** Shows something while `run` follows it. What is drawn is cleared for the answer; it stays where there is none. */
export async function onScreen<V>(
  output: Output,
  looks: Looks<V>,
  run: (screen: Follower<V>) => Promise<V>,
): Promise<V> {
  const screen = output.live ? liveScreen(output, looks) : plainLines(output, looks);
  try {
    const last = await run(screen);
    screen.clear();
    return last;
  } finally {
    screen.end();
  }
}

/** Events scroll by; below them the state is drawn anew. */
function liveScreen<V>(output: Output, { drawn, notice }: Looks<V>): Screen<V> {
  const draw = createLogUpdate(process.stdout);
  let view: V | undefined;
  let lost = false;
  const redraw = (): void => {
    if (view === undefined) return;
    const said = lost ? LOST : (notice?.(view) ?? '');
    draw(`\n${drawn(view)}${said === '' ? '' : `\n\n${output.colours.yellow(said)}`}`);
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
    clear: () => draw.clear(),
    end: () => draw.done(),
  };
}

/** For logs and pipes: one line per event, and one where the state changes. */
function plainLines<V>(output: Output, { line, notice }: Looks<V>): Screen<V> {
  let lastLine = '';
  let lastNotice = '';
  return {
    onView(view) {
      const text = line?.(view) ?? '';
      if (text !== '' && text !== lastLine)
        output.say(eventLine(output, { at: new Date().toISOString(), text }));
      lastLine = text;
      // On stderr, so that the log of a CI job that reads JSON shows it too.
      const asked = notice?.(view) ?? '';
      if (asked !== '' && asked !== lastNotice) output.warn(asked);
      lastNotice = asked;
    },
    onEvent: (event) => output.say(eventLine(output, event)),
    onConnection: (connection) => output.warn(connection === 'lost' ? LOST : 'The connection is back.'),
    clear: () => undefined,
    end: () => undefined,
  };
}

const eventLine = ({ colours }: Output, { at, text }: Pick<HistoryEvent, 'at' | 'text'>): string =>
  `${colours.dim(clock(at))}  ${printable(text)}`;
