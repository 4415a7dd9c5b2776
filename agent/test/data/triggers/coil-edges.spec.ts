import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CoilEdges } from '../../../src/data/triggers/coil-edges.js';

const rises = (edges: CoilEdges, ...coil: boolean[]): number =>
  coil.filter((isOn) => edges.see(isOn) === 'rises').length;

describe('a coil that triggers', () => {
  it('rises once for each time it goes on', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean()), fc.boolean(), (coil, isHeld) => {
        const seen = [false, ...coil];
        const expected = seen.filter((isOn, i) => isOn && seen[i - 1] === false).length;
        expect(rises(new CoilEdges({ isHeld }), ...seen)).toBe(expected);
      }),
    );
  });

  it('takes one that is on at first sight for old news, unless the PLC holds it until it is answered', () => {
    expect(rises(new CoilEdges({ isHeld: false }), true, true)).toBe(0);
    expect(rises(new CoilEdges({ isHeld: true }), true, true)).toBe(1);
    const lost = new CoilEdges({ isHeld: false });
    lost.see(false);
    lost.forget();
    expect(rises(lost, true)).toBe(0);
  });

  it('rises again when the PLC sets what was written back', () => {
    const edges = new CoilEdges({ isHeld: true });
    expect(rises(edges, true)).toBe(1);
    edges.wasReset();
    expect(rises(edges, true)).toBe(1);
  });
});
