import { Worker } from 'node:worker_threads';

/**
 * The child's side of `runInLimits`: one order, one run. It leads a process group of its own, which ends with the parent.
 * @param run resolves when everything was said
 */
export function serveOrder<Order, Message extends object>(
  run: (order: Order, say: (message: Message) => void) => Promise<void>,
): void {
  const parent = Number(process.argv[2]);
  new Worker(new URL('./parent-watch.js', import.meta.url), { workerData: { parent } }).unref();
  // The parent ends this process by a kill of its group; a terminal's Ctrl-C is the parent's matter.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  process.once('disconnect', () => process.exit(1));
  const say = (message: Message): void => {
    if (process.connected) process.send?.(message);
  };
  process.once('message', (order: Order) => {
    void run(order, say).then(() => {
      // What was said is delivered before the channel closes.
      process.removeAllListeners('disconnect');
      process.disconnect();
    });
  });
}
