import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EnergyCounter, PowerIntegral } from '../../src/core/energy-counter.js';
import { powerRowOf } from '../../src/core/power-table.js';

describe('EnergyCounter', () => {
  it('adds up what was used, wherever the counter begins and wraps', () => {
    const range = 262_143_328_850;
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: range - 1 }),
        fc.array(fc.integer({ min: 0, max: range - 1 }), { maxLength: 30 }),
        (first, steps) => {
          const counter = new EnergyCounter(range);
          let at = first;
          let joules = counter.read(at);
          for (const step of steps) {
            at = (at + step) % range;
            joules = counter.read(at);
          }
          const used = steps.reduce((sum, step) => sum + step, 0) / 1e6;
          expect(joules).toBeCloseTo(used, 3);
        },
      ),
    );
  });

  it('goes on with what a counter without a known end shows after a reset', () => {
    const counter = new EnergyCounter();
    expect([5e6, 9e6, 2e6, 3e6].map((reading) => counter.read(reading))).toEqual([0, 4, 6, 7]);
  });
});

describe('PowerIntegral', () => {
  it('is watts by seconds', () => {
    const integral = new PowerIntegral();
    expect([integral.read(10, 0), integral.read(10, 2000), integral.read(20, 4000)]).toEqual([0, 20, 50]);
  });
});

describe('powerRowOf', () => {
  it.each([
    ['arm64', 'Raspberry Pi 5 Model B Rev 1.0', 'Raspberry Pi 5'],
    ['arm64', 'Raspberry Pi Compute Module 4 Rev 1.1', 'Raspberry Pi 4'],
    ['arm', 'Raspberry Pi 3 Model B Plus Rev 1.3', 'Raspberry Pi 3, Zero 2'],
    ['arm64', 'Radxa ROCK 5B', 'other ARM board'],
    ['x64', 'Intel(R) Celeron(R) J6412 @ 2.00GHz', 'x86 of low power (Atom, Celeron, Pentium, N series)'],
    ['x64', 'Intel(R) N100', 'x86 of low power (Atom, Celeron, Pentium, N series)'],
    ['x64', 'AMD EPYC', 'server (EPYC, Xeon)'],
    ['x64', '13th Gen Intel(R) Core(TM) i5-13400', 'other machine'],
    ['x64', '', 'other machine'],
  ])('takes %s %s for a %s', (arch, model, kind) => {
    expect(powerRowOf({ arch, model }).kind).toBe(kind);
  });
});
