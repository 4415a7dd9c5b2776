import { describe, expect, it } from 'vitest';
import {
  FALLBACK_REASONS,
  MESSAGES,
  TelemetryWindow,
  type BundleDocument,
  type ClassificationAnswer,
  type ClassificationComparison,
  type ClassificationSummary,
  type FallbackReason,
} from '@hamon/contracts';
import fc from 'fast-check';
import { loadedModel, type LoadedModel } from '../../src/data/loaded-model.js';
import { TelemetryRecorder, type WindowHold } from '../../src/data/telemetry/telemetry-recorder.js';

const FRAME = { width: 8, height: 8 };
const LABELS = ['dent', 'good', 'spot'];

function model(version: string, labels = LABELS): LoadedModel {
  const bundle: BundleDocument = {
    ...{ schema: 'hamon.bundle/1', model: 'tiles', version, task: 'classification', variants: [] },
    input: {
      ...{ name: 'image', layout: 'NCHW', width: 8, height: 8, channels: 1, dtype: 'float32' },
      ...{ resize: 'stretch', scale: 1, mean: [0], std: [1] },
    },
    output: { name: 'probabilities', activation: 'none', labels },
    budgets: { p95Ms: 10, rssMb: 100 },
  };
  const running = { model: 'tiles', version, variant: 'fp32', bundle: 'a'.repeat(64) };
  return loadedModel(bundle, { ...running, sequence: Number(version[0]) }, {}, null);
}

const answer = (label: string, confidence = 0.5): ClassificationAnswer => ({
  ...{ label, confidence, probabilities: [] },
});
const summaryOf = ({ summary }: TelemetryWindow): ClassificationSummary => summary as ClassificationSummary;

type Happening =
  | { kind: 'begin' }
  | { kind: 'answer'; label: number; shadow: number; confidence: number; latencyMs: number }
  | { kind: 'error' }
  | { kind: 'fallback'; reason: FallbackReason }
  | { kind: 'skip'; frames: number }
  | { kind: 'reject'; fault: 'undecodable' | 'mismatched' }
  | { kind: 'swap'; version: number }
  | { kind: 'shadow'; version: number | null };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.constant({ kind: 'begin' } as const),
  fc.record({
    kind: fc.constant('answer' as const),
    label: fc.nat({ max: 2 }),
    shadow: fc.nat({ max: 2 }),
    confidence: fc.double({ min: 0, max: 1, noNaN: true }),
    latencyMs: fc.double({ min: 0.01, max: 1000, noNaN: true }),
  }),
  fc.constant({ kind: 'error' } as const),
  fc.record({ kind: fc.constant('fallback' as const), reason: fc.constantFrom(...FALLBACK_REASONS) }),
  fc.record({ kind: fc.constant('skip' as const), frames: fc.integer({ min: 1, max: 5 }) }),
  fc.record({
    kind: fc.constant('reject' as const),
    fault: fc.constantFrom('undecodable' as const, 'mismatched' as const),
  }),
  fc.record({ kind: fc.constant('swap' as const), version: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ kind: fc.constant('shadow' as const), version: fc.option(fc.integer({ min: 4, max: 5 })) }),
);

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);

describe('TelemetryRecorder', () => {
  it('loses and doubles nothing, and mixes no versions, in whatever order frames settle', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { maxLength: 120 }), async (happenings) => {
        const windows: TelemetryWindow[] = [];
        const recorder = new TelemetryRecorder({
          ...{ device: 'd', stream: 'main' },
          onWindow: (window) => void windows.push(window),
        });
        let [active, shadow] = [1, null as number | null];
        const serve = (): void =>
          recorder.serve({
            active: model(`${active}.0.0`),
            shadow: shadow ? { model: model(`${shadow}.0.0`), role: 'candidate' } : null,
          });
        serve();
        const open: { hold: WindowHold; version: string }[] = [];
        const expected = new Map<string, { inferences: number; errors: number }>();
        const totals = { fallbacks: 0, skipped: 0, undecodable: 0, mismatched: 0 };
        const settle = (count: (frame: { hold: WindowHold; version: string }) => void): void => {
          const frame = open.shift();
          if (!frame) return;
          count(frame);
          frame.hold.release();
        };
        const countOf = (version: string) => {
          const counts = expected.get(version) ?? { inferences: 0, errors: 0 };
          expected.set(version, counts);
          return counts;
        };
        for (const it of happenings) {
          if (it.kind === 'begin') {
            const hold = recorder.hold();
            if (hold) open.push({ hold, version: `${active}.0.0` });
          } else if (it.kind === 'answer') {
            settle(({ hold, version }) => {
              const output = answer(LABELS[it.label]!, it.confidence);
              hold.counts.edgeAnswer({ output, frame: FRAME, latencyMs: it.latencyMs });
              // What a shadow says of the same frame, where there is one.
              hold.counts.shadowAnswer(it.latencyMs);
              hold.counts.pair(output, answer(LABELS[it.shadow]!));
              countOf(version).inferences += 1;
            });
          } else if (it.kind === 'error') {
            settle(({ hold, version }) => {
              hold.counts.error();
              countOf(version).errors += 1;
            });
          } else if (it.kind === 'fallback') {
            settle(({ hold }) => {
              hold.counts.fallback(it.reason);
              totals.fallbacks += 1;
            });
          } else if (it.kind === 'reject') {
            settle(({ hold }) => {
              hold.counts.reject(it.fault);
              totals[it.fault] += 1;
            });
          } else if (it.kind === 'skip') {
            recorder.skip(it.frames);
            totals.skipped += it.frames;
          } else {
            if (it.kind === 'swap') active = it.version;
            else shadow = it.version;
            serve();
          }
        }
        for (const { hold } of open) hold.release();
        await recorder.close();

        for (const window of windows) {
          expect(TelemetryWindow.safeParse(window).error).toBeUndefined();
          const { answers, labels, others, confidence } = summaryOf(window);
          expect(window).toMatchObject({ schema: 'hamon.window/2', stream: 'main' });
          expect(answers).toBe(window.inferences);
          expect(sum(Object.values(labels)) + others).toBe(window.inferences);
          expect(sum(confidence)).toBe(window.inferences);
          expect(window.latencyMs.count).toBe(window.inferences);
          expect(window.shadow?.comparison?.frames ?? 0).toBe(window.shadow?.inferences ?? 0);
        }
        for (const [version, counts] of expected) {
          const own = windows.filter(({ answering }) => answering.version === version);
          expect(sum(own.map(({ inferences }) => inferences))).toBe(counts.inferences);
          expect(sum(own.map(({ errors }) => errors))).toBe(counts.errors);
        }
        for (const fault of ['undecodable', 'mismatched'] as const) {
          expect(sum(windows.map(({ rejected }) => rejected?.[fault] ?? 0))).toBe(totals[fault]);
        }
        expect(sum(windows.flatMap(({ fallbacks }) => Object.values(fallbacks)))).toBe(totals.fallbacks);
        expect(sum(windows.map(({ skipped }) => skipped))).toBe(totals.skipped);
        expect(new Set(windows.map(({ id }) => id)).size).toBe(windows.length);
      }),
    );
  });

  it('closes a window on its interval, also a silent one', async () => {
    const windows: TelemetryWindow[] = [];
    let second!: () => void;
    const twice = new Promise<void>((resolve) => {
      second = resolve;
    });
    const recorder = new TelemetryRecorder({
      ...{ device: 'd', stream: 'main' },
      windowSeconds: 0.02,
      onWindow: (window) => {
        if (windows.push(window) === 2) second();
      },
    });
    recorder.serve({ active: model('1.0.0'), shadow: null });
    // The interval's timer does not keep a process alive by itself.
    const alive = setInterval(() => undefined, 1000);
    await twice;
    clearInterval(alive);
    await recorder.close();
    expect(windows[0]).toMatchObject({ inferences: 0, answering: { version: '1.0.0' } });
    expect(windows[1]!.startedAt >= windows[0]!.endedAt).toBe(true);
  });

  it('never ends a window before it began, when the clock is set back', async () => {
    const windows: TelemetryWindow[] = [];
    let now = new Date('2030-01-01T00:00:00Z');
    const recorder = new TelemetryRecorder({
      ...{ device: 'd', stream: 'main' },
      now: () => now,
      onWindow: (w) => void windows.push(w),
    });
    recorder.serve({ active: model('1.0.0'), shadow: null });
    recorder.skip(1);
    now = new Date('1970-01-01T00:00:00Z');
    await recorder.close();
    const { startedAt, endedAt } = windows[0]!;
    expect(endedAt).toBe('1970-01-01T00:00:00.000Z');
    expect(startedAt <= endedAt).toBe(true);
    expect(Date.parse(startedAt)).toBeGreaterThan(Date.parse('1969-12-31T00:00:00Z'));
  });

  it('dates a window by what is known of the time at its end, and keeps its length', async () => {
    const windows: TelemetryWindow[] = [];
    const HOURS_9_MS = 9 * 3_600_000;
    let offsetMs = HOURS_9_MS;
    const recorder = new TelemetryRecorder({
      ...{ device: 'd', stream: 'main' },
      now: () => new Date(Date.now() + offsetMs),
      onWindow: (w) => void windows.push(w),
    });
    const before = Date.now();
    recorder.serve({ active: model('1.0.0'), shadow: null });
    recorder.skip(1);
    offsetMs = 0;
    await recorder.close();
    const after = Date.now();
    const { startedAt, endedAt } = windows[0]!;
    expect(Date.parse(startedAt)).toBeGreaterThanOrEqual(before - 1);
    expect(Date.parse(endedAt)).toBeLessThanOrEqual(after + 1);
    expect(startedAt <= endedAt).toBe(true);
  });

  it('pairs labels only where both versions have the same ones, and keeps the message within its size', async () => {
    const windows: TelemetryWindow[] = [];
    const recorder = new TelemetryRecorder({
      device: 'd',
      stream: 'main',
      onWindow: (window) => void windows.push(window),
    });
    const long = (n: number): string => `${n}-`.padEnd(100, '検');
    const many = Array.from({ length: 1000 }, (_, i) => long(i));
    const pairOf = (labels: string[], other: string[]): void => {
      recorder.serve({
        active: model('1.0.0', labels),
        shadow: { model: model('2.0.0', other), role: 'previous' },
      });
      const hold = recorder.hold()!;
      for (const label of labels) {
        hold.counts.edgeAnswer({ output: answer(label), frame: FRAME, latencyMs: 1 });
        hold.counts.shadowAnswer(1);
        hold.counts.pair(answer(label), answer(labels[0]!));
      }
      hold.release();
      recorder.serve(null);
    };
    pairOf(LABELS, LABELS);
    pairOf(LABELS, ['dent', 'good']);
    pairOf(many, many);
    await recorder.close();
    const compared = windows.map(({ shadow }) => shadow?.comparison as ClassificationComparison | undefined);
    expect(compared.map((comparison) => comparison?.table.cells)).toEqual([
      [
        [0, 0, 1],
        [1, 0, 1],
        [2, 0, 1],
      ],
      undefined,
      undefined,
    ]);
    expect(windows[2]).toMatchObject({ inferences: 1000, shadow: { inferences: 1000 } });
    expect(summaryOf(windows[2]!).answers).toBe(1000);
    for (const window of windows) {
      const bytes = Buffer.byteLength(JSON.stringify(window));
      expect(bytes).toBeLessThanOrEqual(MESSAGES.telemetry.maxBytes);
    }
  });

  it('says under which threshold the version answered', async () => {
    const windows: TelemetryWindow[] = [];
    const recorder = new TelemetryRecorder({
      ...{ device: 'd', stream: 'main' },
      onWindow: (window) => void windows.push(window),
    });
    recorder.serve({ active: { ...model('1.0.0'), threshold: { dent: 0.4 } }, shadow: null });
    recorder.skip(1);
    await recorder.close();
    expect(windows).toMatchObject([{ threshold: { dent: 0.4 } }]);
    expect(TelemetryWindow.safeParse(windows[0]).error).toBeUndefined();
  });
});
