import { describe, expect, it } from 'vitest';
import type { BenchmarkCommand, CancelCommand } from '@hamon/contracts';
import fc from 'fast-check';
import { acceptCommand } from '../../src/core/accept-command.js';
import { deadlineOf, ended, EMPTY_RECORD, type BenchmarkRecord } from '../../src/core/benchmark-record.js';
import { benchmarkStatus } from '../../src/core/benchmark-status.js';
import { planTimingGroups } from '../../src/core/plan-timing-groups.js';
import { runsPerBlock } from '../../src/core/runs-per-block.js';

const NOW = new Date('2026-03-01T12:00:00.000Z');
const idOf = (n: number): string => `7f1d2b8e-52f6-4b0e-9f0e-${String(n).padStart(12, '0')}`;
const at = (seconds: number): string => new Date(NOW.getTime() + seconds * 1000).toISOString();
const PLAN = { rounds: 1, runs: 1, warmupRuns: 0, budgetSeconds: 1, samples: 1, deadlineSeconds: 60 };
const BUNDLE = { sha256: 'a'.repeat(64), length: 1, chunks: [{ sha256: 'b'.repeat(64), length: 1 }] };

const head = (n: number, seconds: number) => ({
  ...({ schema: 'hamon.command/1', fleet: 'works', device: 'cam-1', id: idOf(n) } as const),
  ...{ issuedAt: at(seconds), expiresAt: at(seconds + 3600) },
});
const benchmark = (n: number, seconds = n): BenchmarkCommand => ({
  ...head(n, seconds),
  kind: 'benchmark',
  benchmark: { model: 'm', version: '1.0.0', variants: [{ variant: 'fp32', bundle: BUNDLE }], plan: PLAN },
});
const cancel = (n: number, seconds: number): CancelCommand => ({ ...head(n, seconds), kind: 'cancel' });
const after = (...commands: (BenchmarkCommand | CancelCommand)[]): BenchmarkRecord =>
  commands.reduce((record, command) => acceptCommand(command, record, NOW).next, EMPTY_RECORD);

describe('a command', () => {
  it('that is new opens the work', () => {
    const { next, answer } = acceptCommand(benchmark(1), EMPTY_RECORD, NOW);
    expect(answer).toBe('standing');
    expect(next).toMatchObject({
      newest: at(1),
      open: { command: { id: idOf(1) }, attempts: 0 },
      last: null,
    });
  });

  it('that comes again is no news, neither while it is open nor when it has ended', () => {
    const open = after(benchmark(1));
    expect(acceptCommand(benchmark(1), open, NOW)).toEqual({ next: open, answer: 'standing' });
    const over = ended(open, { state: 'failed' }, NOW);
    expect(acceptCommand(benchmark(1), over, NOW)).toEqual({ next: over, answer: 'standing' });
    expect(acceptCommand(cancel(1, 9), over, NOW)).toEqual({ next: over, answer: 'standing' });
  });

  it('that is older than the newest obeyed one is refused, and changes nothing', () => {
    const record = after(benchmark(5));
    for (const old of [benchmark(4), benchmark(6, 5)]) {
      const { next, answer } = acceptCommand(old, record, NOW);
      expect(next).toBe(record);
      expect(answer).toMatchObject({ id: old.id, state: 'refused', reason: { code: 'command-replayed' } });
    }
  });

  it('that is newer takes the place of an open one', () => {
    expect(after(benchmark(1), benchmark(2)).open?.command.id).toBe(idOf(2));
  });

  it('to cancel ends the open work of that id only', () => {
    const record = after(benchmark(1), cancel(1, 2));
    expect(record).toMatchObject({
      open: null,
      last: { id: idOf(1), state: 'cancelled' },
      told: false,
      newest: at(2),
    });
    const other = acceptCommand(cancel(7, 3), after(benchmark(1)), NOW);
    expect(other.next.open?.command.id).toBe(idOf(1));
    expect(other.answer).toMatchObject({ id: idOf(7), state: 'cancelled' });
  });

  it('to cancel that overtook its benchmark keeps that from beginning', () => {
    expect(after(cancel(1, 2), benchmark(1)).open).toBeNull();
  });

  it('never makes the newest older, whatever comes in whatever order', () => {
    const any = fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 9 }));
    fc.assert(
      fc.property(fc.array(any, { maxLength: 12 }), (given) => {
        let record = EMPTY_RECORD;
        for (const [isCancel, n, seconds] of given) {
          const command = isCancel ? cancel(n, seconds) : benchmark(n, seconds);
          const { next } = acceptCommand(command, record, NOW);
          expect(Date.parse(next.newest ?? at(0))).toBeGreaterThanOrEqual(Date.parse(record.newest ?? at(0)));
          expect(next.open && next.last?.id === next.open.command.id).toBeFalsy();
          record = next;
        }
      }),
    );
  });
});

it('work has until its own deadline or its expiry, whichever comes first', () => {
  const { open } = after(benchmark(1));
  expect(deadlineOf(open!)).toBe(NOW.getTime() + 60_000);
  const soon = { ...open!.command, expiresAt: at(5) };
  expect(deadlineOf({ ...open!, command: soon })).toBe(NOW.getTime() + 5000);
});

it('shows the open work to whoever asks the device, and nothing of what has ended', () => {
  const progress = { done: 1, total: 9, step: 'fp32: memory' };
  const open = after(benchmark(1));
  const deadline = new Date(deadlineOf(open.open!)).toISOString();
  const { model, version } = open.open!.command.benchmark;
  const shown = { id: idOf(1), model, version, deadline };
  expect(benchmarkStatus(open, progress)).toEqual({ ...shown, state: 'running', progress });
  expect(benchmarkStatus(open, null)).toEqual({ ...shown, state: 'accepted', progress: null });
  expect(benchmarkStatus(after(benchmark(1), cancel(1, 2)), progress)).toBeNull();
});

describe('groups that are timed side by side', () => {
  it.each([
    [['fp32', 'a', 'b'], 3, [['fp32', 'a', 'b']]],
    [['a', 'fp32', 'b'], 9, [['fp32', 'a', 'b']]],
    [
      ['fp32', 'a', 'b'],
      2,
      [
        ['fp32', 'a'],
        ['fp32', 'b'],
      ],
    ],
    [['fp32', 'a'], 1, undefined],
    [['fp32'], 1, [['fp32']]],
    [['fp32'], 0, undefined],
  ] as const)('of %j with room for %d are %j', (variants, capacity, expected) => {
    expect(planTimingGroups(variants, 'fp32', capacity)).toEqual(expected);
  });
});

describe('runs in a block', () => {
  const plan = { rounds: 10, runs: 50, warmupRuns: 20, budgetSeconds: 60 };
  it('are those of the plan where they fit', () => {
    expect(runsPerBlock(plan, 2, 1)).toEqual({ runs: 50, warmupRuns: 20 });
    expect(runsPerBlock(plan, 2, 0)).toEqual({ runs: 50, warmupRuns: 20 });
  });
  it('are fewer for a slow model, and never none', () => {
    expect(runsPerBlock(plan, 2, 100)).toEqual({ runs: 21, warmupRuns: 8 });
    expect(runsPerBlock(plan, 2, 1e6)).toEqual({ runs: 3, warmupRuns: 1 });
  });
});
