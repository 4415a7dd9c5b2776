import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { heatTroubles, NO_HEAT, nextHeat, type HeatReading, type HeatState } from '../../src/core/heat.js';

const LIMIT = 85;

const seen = (...readings: readonly HeatReading[]): HeatState =>
  readings.reduce((state, reading, i) => nextHeat(state, reading, LIMIT, i * 1000), NO_HEAT);

describe('heat', () => {
  it('is too much from the limit on, until it is five degrees below', () => {
    expect(seen({ temperature: 84.9 }).isTooHot).toBe(false);
    expect(seen({ temperature: 85 }).isTooHot).toBe(true);
    expect(seen({ temperature: 90 }, { temperature: 81 }).isTooHot).toBe(true);
    expect(seen({ temperature: 90 }, { temperature: 79.9 }).isTooHot).toBe(false);
    expect(seen({ temperature: 90 }, {}).isTooHot).toBe(false);
  });

  it('is told once for each swing, however the readings tremble', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 80.1, max: 89, noNaN: true }), { minLength: 2 }), (degrees) => {
        let state = NO_HEAT;
        let changes = 0;
        degrees.forEach((temperature, i) => {
          const next = nextHeat(state, { temperature }, LIMIT, i);
          if (next.isTooHot !== state.isTooHot) changes += 1;
          state = next;
        });
        expect(changes).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('slows a processor down where firmware says so, or its counters grow', () => {
    expect(seen({}).isThrottled).toBeUndefined();
    expect(seen({ slowedBy: [] }).isThrottled).toBe(false);
    expect(seen({ slowedBy: ['under-voltage'] }).isThrottled).toBe(true);
    // What happened before the agent's start is past.
    expect(seen({ slowedBy: [], throttleCount: 7 }).isThrottled).toBe(false);
    const grown = seen({ slowedBy: [], throttleCount: 7 }, { slowedBy: [], throttleCount: 9 });
    expect(grown.isThrottled).toBe(true);
    expect(grown.reasons).toEqual(['slowed down by heat 2 times since the last look']);
  });

  it('tells in a sentence what lasts, for a minute after the last time', () => {
    const state = seen({ temperature: 91.4, slowedBy: ['throttled'], clockShare: 0.6 });
    expect(heatTroubles(state, LIMIT, 1000)).toEqual({
      'too-hot': 'the processor has 91 °C, the limit is 85 °C',
      throttled: 'the processor is slowed down (throttled); it runs at 60 % of its clock',
    });
    const over = nextHeat(state, { temperature: 60, slowedBy: [] }, LIMIT, 59_000);
    expect(heatTroubles(over, LIMIT, 59_000)).toMatchObject({
      'too-hot': null,
      throttled: expect.any(String),
    });
    expect(heatTroubles(over, LIMIT, 60_000)).toEqual({ 'too-hot': null, throttled: null });
  });
});
