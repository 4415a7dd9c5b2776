import { describe, expect, it } from 'vitest';
import type { ResultRecord, SinkConfig } from '@hamon/contracts';
import type { ResultSink } from '../../../src/data/sinks/result-sink.js';
import { SharedSinks } from '../../../src/data/sinks/shared-sinks.js';
import { WhenSink } from '../../../src/data/sinks/when-sink.js';
import { record } from './support.js';

/** Keeps what it is given. */
class Kept implements ResultSink {
  readonly name = 'webhook';
  readonly dropped = 0;
  readonly records: ResultRecord[] = [];
  readonly expected: string[] = [];
  readonly left: string[] = [];
  isClosed = false;

  expect(stream: string): void {
    this.expected.push(stream);
  }

  leave(stream: string): void {
    this.left.push(stream);
  }

  write(kept: ResultRecord): void {
    this.records.push(kept);
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

const row = (when: SinkConfig['when'], holdMs = 0): SinkConfig => ({ kind: 'stdout', when, holdMs });

describe('SharedSinks', () => {
  it('has each stream write by its own rule to the one sink that they share', async () => {
    const kept = new Kept();
    let now = 0;
    const sinks = new SharedSinks({
      placeOf: () => 'one',
      open: () => kept,
      view: (sink, rule, onHeld) => new WhenSink(sink, { rule, onHeld, nowMs: () => now }),
    });
    const [all, defects] = [sinks.lease([row('always')], 'a'), sinks.lease([row('defect', 100)], 'b')];
    expect(kept.expected).toEqual(['a', 'b']);
    for (const verdict of ['ok', 'defect', 'defect', 'ok', 'defect'] as const) {
      for (const { sinks: views } of [all, defects]) views[0]!.write(record(now, { verdict }));
      now += 60;
    }
    expect(kept.records.map(({ frame }) => frame)).toEqual([
      ...['0.png', '60.png', '60.png', '120.png', '180.png', '240.png', '240.png'],
    ]);
    expect([...sinks.held]).toEqual([['webhook', 1]]);

    await all.release();
    expect(kept.isClosed).toBe(false);
    await defects.release();
    expect(kept.isClosed).toBe(true);
  });

  it('tells a sink of a stream that leaves it to others, and not of one that comes again at once', async () => {
    const kept = new Kept();
    const sinks = new SharedSinks({ placeOf: () => 'one', open: () => kept, view: (sink) => sink });
    const [a, b] = [sinks.lease([row('always')], 'a'), sinks.lease([row('always')], 'b')];
    const again = sinks.lease([row('defect')], 'a');
    await a.release();
    expect(kept.left).toEqual([]);
    await again.release();
    expect([kept.left, kept.isClosed]).toEqual([['a'], false]);
    await b.release();
    expect([kept.left, kept.isClosed]).toEqual([['a'], true]);
  });
});
