import { describe, expect, it } from 'vitest';
import { BaselineDocument, ReportedState, TelemetryWindow } from '../src/index.js';
import { goldenMessages } from './golden-messages.js';

/** Goldens of the release before tasks and models were open, as its agents send them. */
const former = (name: string, schema: string) =>
  goldenMessages()
    .filter((golden) => golden.name === name && golden.valid)
    .map(({ file, bytes }) => ({
      file,
      document: JSON.parse(Buffer.from(bytes).toString('utf8')) as Record<string, unknown>,
    }))
    .filter(({ document }) => document['schema'] === schema);

describe('documents of the former release', () => {
  it.each(former('telemetry', 'hamon.window/1'))(
    '$file is read as a window of one stream',
    ({ document }) => {
      const window = TelemetryWindow.parse(document);
      const { labels, confidence, inferences, shadow, latencyMs, rejected } = document as {
        labels: object;
        confidence: number[];
        inferences: number;
        latencyMs: object;
        rejected?: object;
        shadow?: { paired?: { cells: [number, number, number][] } };
      };
      expect(window).toMatchObject({ schema: 'hamon.window/2', stream: 'main', inferences, latencyMs });
      expect(window.rejected).toEqual(rejected);
      expect(window.summary).toEqual({
        kind: 'classification/1',
        answers: inferences,
        others: 0,
        labels,
        confidence,
      });
      const table = shadow?.paired;
      const frames = table?.cells.reduce((sum, [, , n]) => sum + n, 0);
      expect(window.shadow?.comparison).toEqual(table && { kind: 'classification/1', frames, table });
      expect(TelemetryWindow.parse(window)).toEqual(window);
    },
  );

  it.each(former('reported', 'hamon.reported/1'))('$file is read as of a single model', ({ document }) => {
    const report = ReportedState.parse(document);
    const { slots, highestSequence, frames } = document as {
      slots: Record<string, { model: string } | null>;
      highestSequence: number | null;
      frames: object;
    };
    const models = new Set(Object.values(slots).flatMap((slot) => slot?.model ?? []));
    expect(report).toMatchObject({
      schema: 'hamon.reported/2',
      maxModels: 1,
      floor: highestSequence ?? 0,
      frames,
    });
    for (const model of models) expect(report.models.map((one) => one.model)).toContain(model);
    for (const [slot, version] of Object.entries(slots)) {
      const own = report.models.find(({ model }) => model === version?.model);
      if (version) expect(own?.slots).toMatchObject({ [slot]: version });
    }
    expect(ReportedState.parse(report)).toEqual(report);
  });

  it('include baselines', () => {
    const document = {
      ...{ schema: 'hamon.baseline/1', samples: 3, labels: { Free: 2, Crack: 1 } },
      confidence: [...new Array<number>(19).fill(0), 3],
    };
    expect(BaselineDocument.parse(document)).toEqual(document);
  });

  it('that contradict themselves are refused by field, as the current ones are', () => {
    const [first] = former('telemetry', 'hamon.window/1');
    const refused = TelemetryWindow.safeParse({ ...first?.document, labels: { Free: 99 } });
    expect(refused.error?.issues).toMatchObject([
      { message: 'labels and others must not exceed the answers that they are about' },
    ]);
  });
});
