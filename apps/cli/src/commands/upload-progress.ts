import { createLogUpdate } from 'log-update';
import type { Output } from '../output.js';
import type { UploadProgress } from '../push/upload-files.js';
import { bar } from '../views/bar.js';
import { bytes } from '../views/words.js';

/** @param afterwards what goes on when all bytes are sent */
export function showUploadProgress(
  output: Output,
  afterwards: string,
): { progress: UploadProgress; end: () => void } {
  if (!output.live) return { progress: () => undefined, end: () => undefined };
  const draw = createLogUpdate(process.stdout);
  return {
    progress(doneBytes, totalBytes, { path }) {
      const what = doneBytes < totalBytes ? path : afterwards;
      draw(
        `${bar(output.colours, doneBytes, totalBytes)} ${bytes(doneBytes)} of ${bytes(totalBytes)}  ${what}`,
      );
    },
    end() {
      draw.clear();
      draw.done();
    },
  };
}
