import { describe, expect, it } from 'vitest';
import { driveTurns } from '../../../src/data/sources/drop-folder/drive-turns.js';

const stays = new AbortController().signal;

/** Work that begins at once in its turn and ends when the test says so. */
class Work {
  begun = false;
  end: () => void = () => undefined;
  readonly run = (): Promise<void> => {
    this.begun = true;
    return new Promise((resolve) => (this.end = resolve));
  };
}

const turnsOver = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('turns at drives', () => {
  it('let one folder in once, two together, and the next one when one of them is done', async () => {
    const works = Array.from({ length: 4 }, () => new Work());
    const [a, b, c] = ['/turns/a', '/turns/b', '/turns/c'].map((folder) => driveTurns(folder, stays));
    const done = [a, a, b, c].map((turns, i) => turns?.(works[i]!.run));
    const begun = async (): Promise<boolean[]> => {
      await turnsOver();
      return works.map((work) => work.begun);
    };
    expect(await begun()).toEqual([true, false, true, false]);
    works[2]!.end();
    expect(await begun()).toEqual([true, false, true, true]);
    works[0]!.end();
    expect(await begun()).toEqual([true, true, true, true]);
    for (const work of works) work.end();
    await Promise.all(done);
  });

  it('go on after work that fails', async () => {
    const turns = driveTurns('/turns/failing', stays);
    const failing = turns(() => Promise.reject(new Error('EIO')));
    const next = turns(() => Promise.resolve('next'));
    await expect(failing).rejects.toThrow('EIO');
    expect(await next).toBe('next');
  });

  it('begin nothing for who has left, and let in who comes after him', async () => {
    const leaving = new AbortController();
    const [first, waiting] = [new Work(), new Work()];
    const old = driveTurns('/turns/left', leaving.signal);
    const running = old(first.run);
    const refused = old(waiting.run);
    const others = [1, 2].map((i) => driveTurns('/turns/left', stays)(() => Promise.resolve(i)));
    leaving.abort();
    first.end();
    await running;
    await expect(refused).rejects.toThrow();
    expect(waiting.begun).toBe(false);
    expect(await Promise.all(others)).toEqual([1, 2]);
  });
});
