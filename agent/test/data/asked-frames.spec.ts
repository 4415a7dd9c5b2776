import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Admission, FrameDoor } from '../../src/data/frame-door.js';
import type { Frame } from '../../src/data/frame.js';
import { Outlets } from '../../src/data/outlets/outlets.js';
import { LiveFrames } from '../../src/data/sources/live-frames.js';
import { AskedFrames } from '../../src/data/streams/asked-frames.js';
import { label } from './support/records.js';

const frame = (name: string): Frame => ({ kind: 'tensor', data: new Float32Array(1), name });
const RESULT = label('ok', 1).result!;

/** A model at the edge of what is tried here: it answers when it is told to. */
class FakeDoor implements FrameDoor {
  readonly isWatched = true;
  readonly seen: string[] = [];
  private readonly waiting: (() => void)[] = [];

  enter(): Promise<Admission> {
    const infer = (one: Frame) =>
      new Promise<{ ok: true; value: typeof RESULT }>((resolve) => {
        this.seen.push(one.name ?? '');
        this.waiting.push(() => resolve({ ok: true, value: RESULT }));
      });
    return Promise.resolve({ infer, leave: () => undefined });
  }

  /** Whatever comes until the work is done. */
  async answer<T>(work: Promise<T>): Promise<T> {
    const answering = setInterval(() => this.waiting.shift()?.(), 1);
    return work.finally(() => clearInterval(answering));
  }

  skip(): void {
    // Nobody counts here.
  }

  rejectUnreadable(): void {
    // Nobody counts here.
  }
}

function scene(config: { frame?: 'latest' | 'next'; delayMs?: number; frameTimeoutMs?: number } = {}) {
  const [live, door] = [new LiveFrames(), new FakeDoor()];
  const asked = new AskedFrames({
    ...{ reader: live.reader(), door, outlet: new Outlets(() => new Date()).of('cell'), region: undefined },
    config: { frame: 'latest', delayMs: 0, frameTimeoutMs: 60_000, ...config },
  });
  const ask = (correlation: string) => asked.answer({ kind: 'test', correlation });
  return { live, door, asked, ask };
}

const settled = async (): Promise<void> => {
  for (let i = 0; i < 20; i += 1) await turn();
};

describe('frames that are asked for', () => {
  it('are those of the moment of the asking, also where others wait for their answers', async () => {
    const { live, door, ask } = scene();
    live.push(frame('1'));
    const first = ask('a');
    await settled();
    live.push(frame('2'));
    const second = ask('b');
    await settled();
    live.push(frame('3'));
    const answers = await door.answer(Promise.all([first, second]));
    expect(door.seen).toEqual(['1', '2']);
    expect(answers.map(({ record }) => [record.trigger?.correlation, record.frame])).toEqual([
      ['a', '1'],
      ['b', '2'],
    ]);
  });

  it('are the first that comes afterwards where the stream asks for the next', async () => {
    const { live, door, ask } = scene({ frame: 'next' });
    live.push(frame('1'));
    const [first, second] = [ask('a'), ask('b')];
    await settled();
    live.push(frame('2'));
    await settled();
    const third = ask('c');
    await settled();
    live.push(frame('3'));
    await settled();
    const ids = (await door.answer(Promise.all([first, second, third]))).map(({ record }) => record.id);
    expect(door.seen).toEqual(['2', '2', '3']);
    expect(new Set(ids).size).toBe(3);
  });

  it('are those after the delay', async () => {
    const { live, door, ask } = scene({ delayMs: 500 });
    live.push(frame('1'));
    const answer = ask('a');
    await settled();
    live.push(frame('2'));
    await door.answer(answer);
    expect(door.seen).toEqual(['2']);
  });

  it('are answered with an error where none comes in time, or too many are asked for', async () => {
    const { live, door, ask } = scene({ frameTimeoutMs: 20 });
    expect((await ask('a')).record).toMatchObject({ error: { code: 'no-frame' } });
    live.push(frame('1'));
    const asked = Array.from({ length: 9 }, (_, i) => ask(`${i}`));
    const codes = (await door.answer(Promise.all(asked))).map(({ record }) => record.error?.code);
    expect(codes).toEqual([...Array.from({ length: 8 }, () => undefined), 'overloaded']);
  });

  it('are of the trace of what they were cut out of, each with its own id and trigger', async () => {
    const { live, door, ask } = scene();
    const parent = {
      ...{ id: randomUUID(), stream: 'belt' },
      box: { x: 0, y: 0, width: 4, height: 4 },
    };
    const trigger = { kind: 'http', correlation: "the parent's" } as const;
    live.push({ ...frame('1'), origin: { trace: parent.id, parent, trigger } });
    const { record } = await door.answer(ask('a'));
    expect(record).toMatchObject({ trace: parent.id, parent, trigger: { kind: 'test', correlation: 'a' } });
    expect(record.id).not.toBe(parent.id);
    live.push(frame('2'));
    const whole = await door.answer(ask('b'));
    expect(whole.record.trace).toBe(whole.record.id);
  });

  it('all have their answers when the stream stops', async () => {
    const { live, door, asked, ask } = scene({ frame: 'next' });
    const waiting = ask('a');
    await settled();
    const stopping = asked.stop();
    expect((await waiting).record).toMatchObject({ error: { code: 'stopping' } });
    await stopping;
    expect(door.seen).toEqual([]);
    live.push(frame('1'));
  });
});
