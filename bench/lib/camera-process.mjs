import { fork } from 'node:child_process';
import { once } from 'node:events';

const BATCH_MS = 200;

/** Milliseconds of the clock that all processes of the machine share. */
export const monotonicMs = () => Number(process.hrtime.bigint()) / 1e6;

/** To the parent, a few times a second: a message for each would be part of what is measured. */
export function sendInBatches(kind) {
  process.once('disconnect', () => process.exit());
  let batch = [];
  setInterval(() => {
    if (batch.length > 0 && process.connected) process.send({ kind, told: batch });
    batch = [];
  }, BATCH_MS).unref();
  return (one) => batch.push(one);
}

/** A side of the comparison in a process of its own, from its first answer to its end. */
export class CameraProcess {
  answers = [];
  told = new Map();

  static async start(script, options) {
    const side = new CameraProcess();
    side.child = fork(new URL(script, import.meta.url), [JSON.stringify(options)]);
    side.child.on('message', ({ kind, told }) => {
      if (kind === 'answers') side.answers.push(...told);
      side.told.get(kind)?.(told);
    });
    await side.wait('ready');
    return side;
  }

  wait(kind) {
    return new Promise((resolve) => this.told.set(kind, resolve));
  }

  look() {
    const told = this.wait('look');
    this.child.send('look');
    return told;
  }

  async end() {
    const exit = once(this.child, 'exit');
    this.child.send('end');
    await exit;
  }
}
