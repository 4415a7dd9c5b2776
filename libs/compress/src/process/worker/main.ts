import { setPriority } from 'node:os';
import { Worker } from 'node:worker_threads';
import { compress } from '../../compress.js';
import { CompressError } from '../../errors.js';
import { OnnxError } from '@hamon/onnx';
import type { CompressMessage, CompressOrder } from '../protocol.js';

/** The child process of `compressInProcess`: one order, one run. It leads a process group of its own. */
const BELOW_OTHERS = 10;
setPriority(BELOW_OTHERS);

const parent = Number(process.argv[2]);
new Worker(new URL('./parent-watch.js', import.meta.url), { workerData: { parent } }).unref();

// The parent ends this process by a kill of its group; a terminal's Ctrl-C is the parent's matter.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.once('disconnect', () => process.exit(1));
process.once('message', (order: CompressOrder) => void run(order));

async function run({ options }: CompressOrder): Promise<void> {
  try {
    await compress(options, (progress) => say({ kind: 'progress', progress }));
    say({ kind: 'done' });
  } catch (cause) {
    say(endOf(cause));
  }
  // What was said is delivered before the channel closes.
  process.removeAllListeners('disconnect');
  process.disconnect();
}

function endOf(cause: unknown): CompressMessage {
  if (cause instanceof CompressError || cause instanceof OnnxError)
    return { kind: 'refused', code: cause.code, message: cause.message };
  if ((cause as NodeJS.ErrnoException).code === 'ENOSPC')
    return { kind: 'refused', code: 'disk-full', message: (cause as Error).message };
  return { kind: 'broken', stack: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) };
}

function say(message: CompressMessage): void {
  if (process.connected) process.send?.(message);
}
