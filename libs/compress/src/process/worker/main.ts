import { setPriority } from 'node:os';
import { serveOrder } from '@hamon/inference/serve-order';
import { OnnxError } from '@hamon/onnx';
import { compress } from '../../compress.js';
import { CompressError } from '../../errors.js';
import type { CompressMessage, CompressOrder } from '../protocol.js';

const BELOW_OTHERS = 10;
setPriority(BELOW_OTHERS);

/** The child process of `compressInProcess`. */
serveOrder<CompressOrder, CompressMessage>(async ({ options }, say) => {
  try {
    await compress(options, (progress) => say({ kind: 'progress', progress }));
    say({ kind: 'done' });
  } catch (cause) {
    say(endOf(cause));
  }
});

function endOf(cause: unknown): CompressMessage {
  if (cause instanceof CompressError || cause instanceof OnnxError)
    return { kind: 'refused', code: cause.code, message: cause.message };
  if ((cause as NodeJS.ErrnoException).code === 'ENOSPC')
    return { kind: 'refused', code: 'disk-full', message: (cause as Error).message };
  return { kind: 'broken', stack: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) };
}
