import type { CompressProgress } from '@hamon/compress';
import { createLogUpdate } from 'log-update';
import type { Io } from '../io.js';
import type { Colours } from '../output.js';
import { bar } from '../views/bar.js';

export interface ShownProgress {
  readonly show: (progress: CompressProgress) => void;
  readonly end: () => void;
}

/** On stderr, as stdout holds the answer alone: one redrawn line on a terminal, one line per step elsewhere. */
export function showCompressProgress({ stderr, env }: Io, colours: Colours): ShownProgress {
  if (stderr.isTTY === true && env['TERM'] !== 'dumb') {
    const draw = createLogUpdate(process.stderr);
    return {
      show: ({ text, done, total }) => draw(`${bar(colours, done, total)} ${text}`),
      end: () => draw.clear(),
    };
  }
  let last = '';
  return {
    show: ({ text }) => {
      if (text !== last) stderr.write(`${text}\n`);
      last = text;
    },
    end: () => undefined,
  };
}
