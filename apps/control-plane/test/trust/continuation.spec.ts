import { describe, expect, it } from 'vitest';
import type { DeploymentState, ModelReport, RunningVersion } from '@hamon/contracts';
import fc from 'fast-check';
import { ContinuationQuota } from '../../src/trust/continuation-quota.js';
import { continuationOf } from '../../src/trust/continuation.js';

const [OLD, NEW, OTHER] = ['a', 'b', 'c'].map((c) => c.repeat(64)) as [string, string, string];
const SIGNED = '2026-03-01T08:00:00.000Z';
const BEFORE = new Date('2026-02-01T08:00:00.000Z');
const AFTER = new Date('2026-03-02T08:00:00.000Z');
const NOW = new Date('2026-03-03T08:00:00.000Z');
const proven = {
  sequence: 5,
  issuedAt: SIGNED,
  bundle: { sha256: NEW, length: 1, chunks: [] },
};
const running = (bundle: string, sequence = 5): RunningVersion => ({
  ...{ model: 'tiny', version: '1.0.0', variant: 'fp32', bundle, sequence },
});
const told = (
  state: DeploymentState,
  current: string | null,
  sequence = 5,
): Pick<ModelReport, 'deployment' | 'slots'> => ({
  deployment: { version: running(NEW, sequence), state, chunks: { have: 0, total: 0 }, reason: null },
  slots: { current: current === null ? null : running(current), previous: null, candidate: null },
});

describe('continuing above a sequence that the database does not know', () => {
  it.each([
    ['the database went back', { bundle: OLD, decidedAt: BEFORE }, told('committed', NEW), 'adopt', NEW],
    ['it forgot the device', { bundle: null, decidedAt: null }, told('committed', NEW), 'adopt', NEW],
    ['the device is on its way there', { bundle: OLD, decidedAt: BEFORE }, told('staged', OLD), 'adopt', NEW],
    ['the device went back', { bundle: OTHER, decidedAt: BEFORE }, told('rolled-back', OLD), 'clear', null],
    [
      'it went back to what is wanted',
      { bundle: OLD, decidedAt: BEFORE },
      told('refused', OLD),
      'keep',
      null,
    ],
    ['it gave up and runs nothing', { bundle: OLD, decidedAt: BEFORE }, told('refused', null), 'clear', null],
    ['an earlier attempt failed', { bundle: OLD, decidedAt: BEFORE }, told('refused', NEW, 4), 'adopt', NEW],
    ['the same is wanted', { bundle: NEW, decidedAt: BEFORE }, told('committed', NEW), 'keep', null],
    [
      'a rollout assigned something since',
      { bundle: OTHER, decidedAt: AFTER },
      told('committed', NEW),
      'keep',
      null,
    ],
  ] as const)('where %s', (_what, wish, report, kind, bundle) => {
    expect(continuationOf(wish, proven, report, NOW)).toMatchObject({ kind, ...(bundle && { bundle }) });
  });

  it.each([
    ['something is desired', { bundle: OLD, decidedAt: BEFORE }, 'keep'],
    ['nothing is', { bundle: null, decidedAt: null }, 'clear'],
  ] as const)('does not adopt a manifest from the future; where %s', (_what, wish, kind) => {
    const early = new Date(Date.parse(SIGNED) - 3_600_000);
    expect(continuationOf(wish, proven, told('committed', NEW), early)).toEqual({ kind });
  });

  it.each(['withdraw', 'unassign'] as const)('desires nothing after a later order to %s', (order) => {
    const wish = { bundle: NEW, decidedAt: BEFORE };
    expect(continuationOf(wish, { ...proven, order }, told('committed', NEW), NOW)).toEqual({
      kind: 'clear',
    });
    const since = { bundle: NEW, decidedAt: AFTER };
    expect(continuationOf(since, { ...proven, order }, told('committed', NEW), NOW)).toEqual({
      kind: 'keep',
    });
  });

  it('desires nothing that neither a later decision nor the device supports', () => {
    const bundle = fc.constantFrom(OLD, NEW, OTHER);
    fc.assert(
      fc.property(
        fc.option(bundle),
        fc.constantFrom(BEFORE, AFTER, null),
        fc.constantFrom<DeploymentState>('assigned', 'active', 'committed', 'rolled-back', 'refused'),
        fc.option(bundle),
        (wished, decidedAt, state, current) => {
          const next = continuationOf({ bundle: wished, decidedAt }, proven, told(state, current), NOW);
          if (next.kind === 'keep')
            expect(decidedAt === AFTER || wished === NEW || wished === current).toBe(true);
          // The device's report chooses no version.
          if (next.kind === 'adopt') expect(next.bundle).toBe(NEW);
        },
      ),
    );
  });
});

describe('the continuation quota', () => {
  it('lets one model of a device cause six signatures at once and six an hour, and delays no other', () => {
    const quota = new ContinuationQuota();
    const taken = (device: string, nowMs: number, model = 'tiny') =>
      Array.from({ length: 80 }, () => quota.tryTake({ device, model }, nowMs)).filter(Boolean).length;
    expect(taken('cam-1', 0)).toBe(6);
    expect(taken('cam-1', 15_000)).toBe(0);
    expect(taken('cam-2', 15_000)).toBe(6);
    expect(taken('cam-1', 15_000, 'other')).toBe(6);
    expect(taken('cam-1', 3_600_000)).toBe(6);
  });
});
