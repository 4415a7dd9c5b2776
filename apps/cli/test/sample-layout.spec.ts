import { posix } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { folderProblem, placeOf } from '../src/samples/layout.js';

const FILE = '6d2cc1f2-3a5b-8f43-9b0e-0d4b2a7c1e55.png';

describe('the place of a sample', () => {
  it('is two names below the folder, whatever the label is, or there is none', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 100, unit: 'binary' }), (label) => {
        for (const truth of [
          { task: 'classification', label } as const,
          { task: 'anomaly', isAnomalous: true, fault: label } as const,
        ]) {
          const place = placeOf(FILE, truth);
          if ('why' in place) continue;
          expect(posix.normalize(place.picture)).toBe(place.picture);
          expect(place.picture.split('/')).toEqual([label, FILE]);
          expect(label).not.toMatch(/^\.|[\\/:]/);
        }
      }),
    );
  });

  it.each([
    '..',
    '.',
    '.git',
    'a/b',
    'a\\b',
    'C:',
    'a\0',
    'a\nb',
    'x ',
    'x.',
    'é'.repeat(101),
    'masks',
    'images',
  ])('is refused of %j', (label) => {
    expect(folderProblem(label)).toEqual(expect.any(String));
  });

  it.each(['Crack', 'Riß 3 µm', '傷', 'a, b', 'good', '-rf'])('may be %j', (label) => {
    expect(folderProblem(label)).toBeUndefined();
  });

  it('of a fault is not among the sound ones', () => {
    expect(placeOf(FILE, { task: 'anomaly', isAnomalous: true, fault: 'good' })).toHaveProperty('why');
    expect(placeOf(FILE, { task: 'anomaly', isAnomalous: false })).toEqual({ picture: `good/${FILE}` });
  });
});
