import { describe, expect, it } from 'vitest';
import { MAX_MODELS, type ModelReport } from '@hamon/contracts';
import { EMPTY_STATE } from '../src/core/device-state.js';
import { ModelNotes, withinBytes } from '../src/model-notes.js';
import { deviceOf, jwsOf, running } from './support/states.js';

const REASON = { code: 'manifest-too-many-models', detail: 'sixteen' } as const;
const names = (models: readonly ModelReport[]): string[] => models.map(({ model }) => model);

describe('what a device says of its models', () => {
  it('is one entry each, by name, with what was noted of it', () => {
    const notes = new ModelNotes();
    notes.change('b', { roomForTwo: true });
    notes.change('b', { chunks: { have: 1, total: 2 } });
    const [a, b] = notes.reports(deviceOf({ b: running('b', 2), a: running('a', 7) }));
    expect(a).toMatchObject({ model: 'a', highestSequence: 7, rejection: null });
    expect(a).not.toHaveProperty('roomForTwo');
    expect(b).toMatchObject({ model: 'b', roomForTwo: true, deployment: { chunks: { have: 1, total: 2 } } });
  });

  it('names models that it has no manifest of while one is refused, the newest of many', () => {
    const notes = new ModelNotes();
    for (let i = 0; i < 100; i += 1) notes.change(`m${String(i).padStart(3, '0')}`, { rejection: REASON });
    const told = names(notes.reports(deviceOf({ a: running('a', 1) })));
    expect(told).toHaveLength(1 + MAX_MODELS);
    expect(told.at(-1)).toBe('m099');
    notes.change('m099', { rejection: null });
    expect(names(notes.reports(EMPTY_STATE))).not.toContain('m099');
    // What is not told is not kept either.
    expect(notes.of('m000').rejection).toBeNull();
  });

  it('leaves out the longest proofs where there is no room for all', () => {
    const of = (model: string, length: number): ModelReport => ({
      ...{ model, slots: { current: null, previous: null, candidate: null }, deployment: null },
      ...{ rejection: null, rejected: null, highestSequence: 1, proof: jwsOf('x'.repeat(length)) },
    });
    const models = [of('a', 1000), of('b', 5000), of('c', 3000)];
    const size = (some: readonly ModelReport[]): number => JSON.stringify(some).length;
    const left = (maxBytes: number): string[] =>
      names(withinBytes(models, maxBytes).filter(({ proof }) => proof !== null));
    expect(left(size(models))).toEqual(['a', 'b', 'c']);
    expect(left(size(models) - 1)).toEqual(['a', 'c']);
    expect(left(3000)).toEqual(['a']);
    expect(left(10)).toEqual([]);
    for (const maxBytes of [9000, 6000, 3000])
      expect(size(withinBytes(models, maxBytes))).toBeLessThanOrEqual(maxBytes);
  });
});
