import { createLogUpdate } from 'log-update';
import { CompressionView, hasCompressionEnded } from '@hamon/contracts';
import { EXIT, type ExitCode } from '../exit-code.js';
import type { Output } from '../output.js';
import type { Session } from '../session.js';
import { compressionText } from '../views/compression-view.js';
import { eventLine } from './event-line.js';
import { follow, type Follower } from './follow.js';

/** Shows a compression while it runs; answers the exit code that its end deserves. */
export async function watchCompression({ api, output }: Session, id: string): Promise<ExitCode> {
  const screen = output.live ? liveScreen(output) : plainLines(output);
  const hasEnded = ({ state }: CompressionView): boolean => hasCompressionEnded(state);
  try {
    const view = await follow(
      api,
      { path: `/v1/compressions/${id}`, view: CompressionView, hasEnded },
      screen,
    );
    screen.end();
    output.answer('compression', view, () => compressionText(output.colours, view));
    return view.state === 'succeeded' ? EXIT.done : EXIT.rolloutFailed;
  } finally {
    screen.end();
  }
}

type Screen = Follower<CompressionView> & { end(): void };

const LOST = 'The connection is lost; trying again …';

/** Events scroll by; below them it is drawn how far the run is. */
function liveScreen(output: Output): Screen {
  const draw = createLogUpdate(process.stdout);
  let view: CompressionView | undefined;
  let lost = false;
  let ended = false;
  const redraw = (): void => {
    if (!view) return;
    draw(`\n${compressionText(output.colours, view)}${lost ? `\n\n${output.colours.yellow(LOST)}` : ''}`);
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
      // Twice is once. What is drawn last is the answer's own text.
      if (!ended) {
        draw.clear();
        draw.done();
      }
      ended = true;
    },
  };
}

/** For logs and pipes: one line per event. */
const plainLines = (output: Output): Screen => ({
  onView: () => undefined,
  onEvent: (event) => output.say(eventLine(output, event)),
  onConnection: (connection) => output.warn(connection === 'lost' ? LOST : 'The connection is back.'),
  end: () => undefined,
});
