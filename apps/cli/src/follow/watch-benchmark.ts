import { BenchmarkView } from '@hamon/contracts';
import { EXIT, type ExitCode } from '../exit-code.js';
import type { Session } from '../session.js';
import { benchmarkText, progressText } from '../views/benchmark-view.js';
import { onScreen } from './on-screen.js';
import { pollToEnd } from './poll-to-end.js';

/** Shows a benchmark while it is open, then what was measured; answers the exit code for how it ended. */
export async function watchBenchmark({ api, output }: Session, id: string): Promise<ExitCode> {
  const followed = {
    ask: () => api.call('GET /v1/benchmarks/{id}', BenchmarkView, { params: { id } }),
    hasEnded: ({ endedAt }: BenchmarkView) => endedAt !== null,
  };
  const looks = { drawn: (view: BenchmarkView) => progressText(output.colours, view), line: lineOf };
  const view = await onScreen(output, looks, (screen) => pollToEnd(api, followed, screen));
  output.answer('benchmark', view, () => benchmarkText(output.colours, view));
  return view.state === 'succeeded' ? EXIT.done : EXIT.failed;
}

const lineOf = ({ state, progress }: BenchmarkView): string =>
  progress ? `${progress.step} (${progress.done}/${progress.total})` : state;
