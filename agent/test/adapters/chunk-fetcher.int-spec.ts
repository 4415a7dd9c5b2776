import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ChunkStore, digestOf } from '@hamon/content';
import { parseTopic } from '@hamon/contracts';
import { ChunkFetcher } from '../../src/adapters/chunk-fetcher.js';
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
  const scene = async (name: string, confirm: { subscription: Promise<void>; leave: Promise<void> }) => {
    const asked: string[] = [];
    const connection = {
      isConnected: true,
      subscribe: (topic: string) => {
        asked.push(topic);
        return confirm.subscription;
      },
      unsubscribe: () => confirm.leave,
    };
    const store = await ChunkStore.open(join(folder.path, name), { maxBytes: 1e6 });
    const options = { connection, fleet: 'acme', store, askTimeoutMs: 60_000, maxAsks: 3 };
    const fetcher = new ChunkFetcher({ ...options, onCorrupt: () => undefined });
    const sha256s = (): (string | undefined)[] =>
      asked.map((topic) => {
        const parsed = parseTopic(topic);
        return parsed?.name === 'chunk' ? parsed.sha256 : undefined;
      });
    return { fetcher, sha256s };
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
    fetcher.receive(second[0]!.sha256, Buffer.from('b'));
    await fetching;
  });
});
