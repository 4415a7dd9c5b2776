import { BenchmarkView } from '@hamon/contracts';
import { createLogUpdate } from 'log-update';
import { ApiError } from '../api/api-error.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import type { Output } from '../output.js';
import type { Session } from '../session.js';
import { benchmarkText, progressText } from '../views/benchmark-view.js';
import { clock } from '../views/words.js';

const POLL_MS = 1000;
/** A server that restarts is back before; one that is not is a reason to say so. */
const PATIENCE_MS = 300_000;

/** Shows a benchmark while it is open, then what was measured; answers the exit code that its end deserves. */
export async function watchBenchmark({ api, output }: Session, begun: BenchmarkView): Promise<ExitCode> {
  const screen = output.live ? liveScreen(output) : plainLines(output);
  let view = begun;
  let answeredMs = performance.now();
  try {
    while (view.endedAt === null) {
      screen.show(view);
      await api.pause(POLL_MS);
      try {
        view = await api.get(`/v1/benchmarks/${begun.id}`, BenchmarkView);
        answeredMs = performance.now();
      } catch (cause) {
        const isPassing = cause instanceof ApiError && cause.isPassing;
        if (!isPassing || performance.now() - answeredMs > PATIENCE_MS) throw cause;
      }
    }
  } finally {
    screen.end();
  }
  output.answer('benchmark', view, () => benchmarkText(output.colours, view));
  return view.state === 'succeeded' ? EXIT.done : EXIT.failed;
}

interface Screen {
  show(view: BenchmarkView): void;
  end(): void;
}

function liveScreen({ colours }: Output): Screen {
  const draw = createLogUpdate(process.stdout);
  return {
    show: (view) => draw(progressText(colours, view)),
    end() {
      draw.clear();
      draw.done();
    },
  };
}

/** For logs and pipes: one line where the step changes. */
function plainLines(output: Output): Screen {
  let shown = '';
  return {
    show({ state, progress }) {
      const text = progress ? `${progress.step} (${progress.done}/${progress.total})` : state;
      if (text === shown) return;
      shown = text;
      output.say(`${clock(new Date().toISOString())}  ${text}`);
    },
    end: () => undefined,
  };
}
