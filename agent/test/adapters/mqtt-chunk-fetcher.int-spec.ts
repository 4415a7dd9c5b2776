import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChunkStore, digestOf } from '@hamon/content';
import { parseTopic } from '@hamon/contracts';
import { MqttChunkFetcher } from '../../src/adapters/mqtt-chunk-fetcher.js';
import type { ChunkTries } from '../../src/core/chunk-fetcher.js';
import { temporaryFolder } from '../support/test-bundles.js';
import { until } from '../support/until.js';

const never = new Promise<void>(() => undefined);
const chunksOf = (...texts: string[]) =>
  texts.map((text) => ({ sha256: digestOf(Buffer.from(text)), length: text.length }));

describe('fetching chunks from a broker that does not answer', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeAll(async () => {
    folder = await temporaryFolder();
  });
  afterAll(() => folder.remove());

  /** A broker's connection whose confirmations come when a test says so. */
  const scene = async (
    name: string,
    confirm: { subscription: Promise<void>; leave: Promise<void> },
    askTimeoutMs = 60_000,
  ) => {
    const asked: string[] = [];
    let left = 0;
    const connection = {
      isConnected: true,
      receivedBytes: 0,
      subscribe: (topic: string) => {
        asked.push(topic);
        return confirm.subscription;
      },
      unsubscribe: () => {
        left += 1;
        return confirm.leave;
      },
    };
    const store = await ChunkStore.open(join(folder.path, name), { maxBytes: 1e6 });
    const options = { connection, fleet: 'acme', store, askTimeoutMs, maxAsks: 3 };
    const fetcher = new MqttChunkFetcher({ ...options, onCorrupt: () => undefined });
    const sha256s = (): (string | undefined)[] =>
      asked.map((topic) => {
        const parsed = parseTopic(topic);
        return parsed?.name === 'chunk' ? parsed.sha256 : undefined;
      });
    return { fetcher, store, sha256s, leaving: () => left };
  };

  it.each([
    ['a subscription', { subscription: never, leave: Promise.resolve() }],
    ['an unsubscription', { subscription: Promise.resolve(), leave: never }],
  ])('is given up at once, while %s is not confirmed', async (name, confirm) => {
    const { fetcher, sha256s } = await scene(name, confirm);
    const aborter = new AbortController();
    const fetching = fetcher.fetch(chunksOf('a', 'b'), () => undefined, aborter.signal);
    await until('both are asked for', () => sha256s().length === 2);
    aborter.abort(new Error('something more important'));
    await expect(fetching).rejects.toThrow('something more important');
  });

  it('is given up after as many asks as ever, however often it had to make way in between', async () => {
    const confirm = { subscription: Promise.resolve(), leave: Promise.resolve() };
    const { fetcher, sha256s } = await scene('turns', confirm, 5);
    const tries: ChunkTries = new Map();
    const [chunk] = chunksOf('a') as [ReturnType<typeof chunksOf>[number]];
    for (let turn = 1; turn <= 2; turn += 1) {
      const aborter = new AbortController();
      const fetching = fetcher.fetch([chunk], () => undefined, aborter.signal, tries);
      await until('it was asked for in vain', () => tries.get(chunk.sha256)?.asks === turn);
      aborter.abort(new Error('the turn is over'));
      await expect(fetching).rejects.toThrow();
    }
    const last = fetcher.fetch([chunk], () => undefined, new AbortController().signal, tries);
    await expect(last).rejects.toMatchObject({ code: 'chunk-unavailable' });
    expect(sha256s()).toHaveLength(3);
  });

  it('begins anew only when what was given up has been left', async () => {
    let leave = (): void => undefined;
    const left = new Promise<void>((resolve) => (leave = resolve));
    const { fetcher, sha256s } = await scene('again', { subscription: Promise.resolve(), leave: left });
    const aborter = new AbortController();
    const [first, second] = [chunksOf('a'), chunksOf('b')];
    const givenUp = fetcher.fetch(first, () => undefined, aborter.signal);
    await until('it is asked for', () => sha256s().length === 1);
    aborter.abort(new Error('later'));
    await expect(givenUp).rejects.toThrow('later');

    const fetching = fetcher.fetch(second, () => undefined, new AbortController().signal);
    await new Promise((resolve) => setImmediate(resolve));
    expect(sha256s()).toEqual([first[0]?.sha256]);
    leave();
    await until('the other is asked for', () => sha256s().length === 2);
    fetcher.receive({ name: 'chunk', fleet: 'acme', sha256: second[0]!.sha256 }, Buffer.from('b'));
    await fetching;
  });

  it('keeps what comes after nobody waits for it, and asks no second time', async () => {
    let leave = (): void => undefined;
    const left = new Promise<void>((resolve) => (leave = resolve));
    const confirm = { subscription: Promise.resolve(), leave: left };
    const { fetcher, store, sha256s, leaving } = await scene('late', confirm, 1);
    const [chunk] = chunksOf('a') as [{ sha256: string; length: number }];
    const fetching = fetcher.fetch([chunk], () => undefined, new AbortController().signal);
    await until('nobody waits for it', () => leaving() === 1);
    fetcher.receive({ name: 'chunk', fleet: 'acme', sha256: chunk.sha256 }, Buffer.from('a'));
    leave();
    await fetching;
    expect(await store.has(chunk)).toBe(true);
    expect(sha256s()).toHaveLength(1);
  });

  it('keeps nothing that it does not want, and nothing after it was given up', async () => {
    const confirm = { subscription: Promise.resolve(), leave: Promise.resolve() };
    const { fetcher, store, sha256s } = await scene('foreign', confirm);
    const [wanted, foreign] = chunksOf('a', 'b') as [
      { sha256: string; length: number },
      { sha256: string; length: number },
    ];
    const aborter = new AbortController();
    const fetching = fetcher.fetch([wanted], () => undefined, aborter.signal);
    await until('it is asked for', () => sha256s().length === 1);
    fetcher.receive({ name: 'chunk', fleet: 'acme', sha256: foreign.sha256 }, Buffer.from('b'));
    aborter.abort(new Error('later'));
    await expect(fetching).rejects.toThrow('later');
    fetcher.receive({ name: 'chunk', fleet: 'acme', sha256: wanted.sha256 }, Buffer.from('a'));
    expect(store.usedBytes).toBe(0);
  });
});
