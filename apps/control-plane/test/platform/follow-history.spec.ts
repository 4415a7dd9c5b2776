import { describe, expect, it } from 'vitest';
import { followHistory, type FollowedHistory } from '../../src/platform/history/follow-history.js';

const at = '2026-03-01T12:00:00.000Z';

/** A subject's history in memory; `news` is what happens during the wait. */
class Story {
  readonly events: { seq: number; at: string; kind: string; text: string }[] = [];
  hasEnded = false;
  position: object | null = null;
  waits = 0;

  constructor(readonly happens: (story: Story) => void) {}

  write(count: number): this {
    for (let i = 0; i < count; i += 1)
      this.events.push({ seq: this.events.length + 1, at, kind: 'note', text: 'it went on' });
    return this;
  }

  async told(after = 0, signal = new AbortController().signal): Promise<string> {
    const history: FollowedHistory = {
      schema: 'hamon.story-event/1',
      look: () => Promise.resolve({ hasEnded: this.hasEnded, position: this.position }),
      after: (seq: number, limit: number) => Promise.resolve(this.events.slice(seq, seq + limit)),
      news: () => {
        this.waits += 1;
        this.happens(this);
        return Promise.resolve();
      },
    };
    let text = '';
    for await (const part of followHistory(history, after, signal)) text += part;
    return text;
  }
}

const idsOf = (text: string): number[] => [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

describe('following a history', () => {
  it.each([0, 1, 100, 250])('tells %d events once and in order, and ends with its subject', async (count) => {
    const story = new Story(() => undefined).write(count);
    story.hasEnded = true;
    expect(idsOf(await story.told())).toEqual(upTo(count));
    expect(story.waits).toBe(0);
  });

  it('begins after the event that was seen', async () => {
    const story = new Story(() => undefined).write(150);
    story.hasEnded = true;
    expect(idsOf(await story.told(120))).toEqual(upTo(150).slice(120));
  });

  it('tells what is written meanwhile, the last event too', async () => {
    const story = new Story((now) => {
      now.write(now.waits);
      now.hasEnded = now.waits === 3;
    }).write(1);
    expect(idsOf(await story.told())).toEqual(upTo(1 + 1 + 2 + 3));
  });

  it('tells a position where it changes, without an id', async () => {
    const story = new Story((now) => {
      now.position = { done: now.waits < 3 ? 1 : 2 };
      now.hasEnded = now.waits === 5;
    });
    expect(await story.told()).toBe(
      ': begin\n\n' +
        'event: position\ndata: {"schema":"hamon.position/1","done":1}\n\n' +
        'event: position\ndata: {"schema":"hamon.position/1","done":2}\n\n',
    );
  });

  it('ends when the follower is gone', async () => {
    const abort = new AbortController();
    const story = new Story(() => abort.abort()).write(1);
    expect(idsOf(await story.told(0, abort.signal))).toEqual([1]);
    expect(story.waits).toBe(1);
  });
});
