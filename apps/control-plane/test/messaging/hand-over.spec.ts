import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { HandOvers } from '../../src/messaging/embedded/hand-overs.js';

/** A taker of one message of a fleet at a time, as many as the test lets it. A text begins with its device. */
function scene() {
  const handOvers = new HandOvers((cause) => void faults.push(cause));
  const faults: unknown[] = [];
  const taken: string[] = [];
  const told = new Map<string, boolean>();
  const busy = new Map<string, () => void>();
  const offer = (text: string, connection: object | 'none' = {}, fleet = 'works'): void => {
    const device = text.slice(0, 1);
    const done = (isTaken: boolean): void => {
      expect(told.has(text)).toBe(false);
      told.set(text, isTaken);
    };
    const by = connection === 'none' ? undefined : connection;
    handOvers.offer(fleet, { device, connection: by, topic: fleet, payload: Buffer.from(text), done });
  };
  const take = (fleet: string, payload: Buffer): Promise<void> => {
    expect(busy.has(fleet)).toBe(false);
    taken.push(payload.toString());
    return new Promise((resolve) => busy.set(fleet, resolve));
  };
  const goOn = async (fleet = 'works'): Promise<void> => {
    const resolve = busy.get(fleet);
    busy.delete(fleet);
    resolve?.();
    await new Promise(setImmediate);
  };
  return { handOvers, faults, taken, told, offer, take, goOn };
}

describe('the hand-over of messages', () => {
  it('acknowledges a message once it is taken, and not before', async () => {
    const { handOvers, told, offer, take, goOn } = scene();
    offer('a1');
    expect(told.size).toBe(0);
    handOvers.to(take);
    offer('a2');
    expect([...told]).toEqual([['a1', true]]);
    await goOn();
    expect([...told]).toEqual([
      ['a1', true],
      ['a2', true],
    ]);
  });

  it('lets devices take turns, however much one of them sends', async () => {
    const { handOvers, taken, offer, take, goOn } = scene();
    handOvers.to(take);
    for (const text of ['a1', 'a2', 'a3', 'a4', 'b1', 'c1']) offer(text);
    for (let i = 0; i < 6; i += 1) await goOn();
    expect(taken).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'a4']);
  });

  it('drops the messages of a closed connection, but keeps the newest will of its device', async () => {
    const { handOvers, taken, told, offer, take, goOn } = scene();
    handOvers.to(take);
    offer('x1');
    for (const life of [1, 2, 3]) {
      const connection = {};
      offer(`a${life}`, connection);
      handOvers.leave('works', 'a', connection);
      offer(`a will ${life}`, 'none');
    }
    for (let i = 0; i < 4; i += 1) await goOn();
    expect(taken).toEqual(['x1', 'a will 3']);
    expect([...told.keys()]).toEqual(['x1', 'a will 3']);
  });

  it('goes on after a message that fails', () => {
    const { handOvers, faults, told, offer } = scene();
    handOvers.to(() => {
      throw new Error('no');
    });
    offer('a1');
    offer('a2');
    expect(faults).toHaveLength(2);
    expect([...told.values()]).toEqual([true, true]);
  });

  it('keeps a waiting fleet from delaying another', async () => {
    const { handOvers, taken, told, offer, take, goOn } = scene();
    handOvers.to(take);
    for (const text of ['a1', 'a2', 'a3']) offer(text, {}, 'stuck');
    for (const text of ['b1', 'b2', 'c1']) offer(text, {}, 'north');
    offer('d1', {}, 'south');
    for (let i = 0; i < 3; i += 1) await goOn('north');
    expect(taken).toEqual(['a1', 'b1', 'd1', 'b2', 'c1']);
    expect([...told.values()]).toEqual([true, true, true, true, true]);
    await goOn('stuck');
    expect(taken.at(-1)).toBe('a2');
  });

  it('keeps only fleets with a message that waits or is being taken', async () => {
    const { handOvers, offer, take, goOn } = scene();
    const connection = {};
    for (let i = 0; i < 100; i += 1) offer(`a${i}`, connection, `fleet-${i}`);
    expect(handOvers.size).toBe(100);
    for (let i = 0; i < 98; i += 1) handOvers.leave(`fleet-${i}`, 'a', connection);
    expect(handOvers.size).toBe(2);
    handOvers.leave('nobody', 'a', connection);
    handOvers.to(take);
    handOvers.leave('fleet-98', 'a', connection);
    expect(handOvers.size).toBe(2);
    await goOn('fleet-98');
    expect(handOvers.size).toBe(1);
    handOvers.close();
    await goOn('fleet-99');
    expect(handOvers.size).toBe(0);
  });

  it('acknowledges exactly what was taken, in the order of each device, whenever it ends', async () => {
    const fleets = ['north', 'south', 'west'];
    const step = fc.record({
      fleet: fc.constantFrom(...fleets),
      what: fc.oneof(
        { weight: 20, arbitrary: fc.constantFrom('a', 'b', 'c', 'go on') },
        { weight: 1, arbitrary: fc.constant('close') },
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { handOvers, taken, told, offer, take, goOn } = scene();
        handOvers.to(take);
        const sent: string[] = [];
        for (const [i, { what, fleet }] of steps.entries()) {
          if (what === 'close') handOvers.close();
          else if (what === 'go on') await goOn(fleet);
          else offer(sent[sent.push(`${what} ${fleet} ${i}`) - 1] ?? '', {}, fleet);
        }
        handOvers.close();
        for (const fleet of fleets) await goOn(fleet);
        const acknowledged = [...told].filter(([, isTaken]) => isTaken).map(([text]) => text);
        expect(acknowledged).toEqual(taken);
        expect([...told.keys()].sort()).toEqual([...sent].sort());
        for (const sender of fleets.flatMap((fleet) => [...'abc'].map((device) => `${device} ${fleet}`))) {
          const of = (list: string[]) => list.filter((text) => text.startsWith(sender));
          expect(of(sent).slice(0, of(taken).length)).toEqual(of(taken));
        }
        expect(handOvers.size).toBe(0);
      }),
    );
  });
});
