import { createLogUpdate } from 'log-update';
import type { Output } from '../output.js';
import { countOf } from '../views/words.js';

/** How many samples have been looked at, for a person who waits. */
export function showPullProgress(output: Output): { progress: (done: number) => void; end: () => void } {
  if (!output.live) return { progress: () => undefined, end: () => undefined };
  const draw = createLogUpdate(process.stdout);
  return {
    progress: (done) => draw(`${countOf(done, 'sample')} …`),
    end() {
      draw.clear();
      draw.done();
    },
  };
}
