import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { TelemetryWindow, type RunningVersion } from '@hamon/contracts';
import { seededRandom } from '@hamon/stats';
import { drawWindow, isSameSubject, subjectOf } from '../../src/core/draw-window.js';
import { stateWith } from '../support.js';

const running = (version: string): RunningVersion => ({
  ...{ model: 'tiny', version, variant: 'fp32' },
  bundle: version.replaceAll('.', '').padEnd(64, '0'),
  sequence: 1,
});

describe('a drawn window', () => {
  it('is one that the control plane takes, whatever the length, the speed and the errors', () => {
    const cases = fc.record({
      // Dates have whole milliseconds.
      ms: fc.integer({ min: -5000, max: 4_000_000 }),
      framesPerSecond: fc.integer({ min: 1, max: 1000 }),
      errorShare: fc.constantFrom(0, 0.5, 1),
      shadow: fc.constantFrom(null, 'candidate' as const, 'previous' as const),
      labels: fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 6 }),
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(cases, ({ ms, framesPerSecond, errorShare, shadow, labels, seed }) => {
        const startedAt = new Date(1_790_000_000_000);
        const window = drawWindow(
          {
            ...{
              id: crypto.randomUUID(),
              device: 'sim-00001',
              framesPerSecond,
              errorShare,
              labels,
              startedAt,
            },
            endedAt: new Date(startedAt.getTime() + ms),
            subject: {
              answering: running('1.0.0'),
              shadow: shadow && { role: shadow, version: running('2.0.0') },
            },
          },
          seededRandom(seed),
        );
        const frames = Math.min(100_000, Math.round((Math.max(0, ms) / 1000) * framesPerSecond));
        if (frames === 0) {
          expect(window).toBeUndefined();
          return;
        }
        expect(TelemetryWindow.safeParse(window).error).toBeUndefined();
        expect((window?.inferences ?? 0) + (window?.errors ?? 0)).toBe(frames);
      }),
      { numRuns: 30 },
    );
  });

  it('is about the answering version and its candidate while they run beside each other', () => {
    const shadowing = stateWith('shadowing', { current: '1.0.0', candidate: '2.0.0' });
    expect(subjectOf(shadowing, false)).toMatchObject({
      answering: { version: '1.0.0' },
      shadow: { role: 'candidate', version: { version: '2.0.0' } },
    });
    const staged = subjectOf(stateWith('staged', { current: '1.0.0', candidate: '2.0.0' }), false);
    expect(staged?.shadow).toBeNull();
    expect(isSameSubject(staged, subjectOf(shadowing, false))).toBe(false);
  });

  it('is about the former version, too, while that is watched, and about nothing where nothing answers', () => {
    const after = stateWith('active', { current: '2.0.0', previous: '1.0.0' });
    expect(subjectOf(after, true)?.shadow).toMatchObject({ role: 'previous', version: { version: '1.0.0' } });
    expect(subjectOf(after, false)?.shadow).toBeNull();
    expect(subjectOf(stateWith('downloading', {}), false)).toBeUndefined();
  });
});
