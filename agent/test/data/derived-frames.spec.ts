import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { InferenceResult, Region } from '@hamon/contracts';
import { describe, expect, it } from 'vitest';
import type { AnsweredFrame } from '../../src/data/answered-frame.js';
import { cutOut } from '../../src/data/streams/derived-frames.js';

const SIZE = { width: 100, height: 80 };
const id = randomUUID();

function detected(boxes: readonly (Region & { label?: string })[], region?: Region): AnsweredFrame {
  const result: InferenceResult = {
    ...{ schema: 'hamon.result/2', model: 'finder', version: '1.0.0', variant: 'fp32', task: 'detection' },
    ...{ source: 'edge', latencyMs: 1, frame: region ?? SIZE },
    output: {
      detections: boxes.map(({ label = 'part', ...box }, i) => ({ label, confidence: 0.9 - i / 100, box })),
    },
  };
  return {
    frame: {
      ...{ kind: 'pixels', name: 'frame 7', ...(region && { region }) },
      pixels: { ...SIZE, channels: 1, data: new Uint8Array(8000) },
    },
    record: { schema: 'hamon.record/2', at: '2026-01-01T00:00:00Z', stream: 'belt', id, trace: id, result },
  };
}

const WHOLE = { margin: 0, maxPerFrame: 8 };

describe('frames cut out of a stream by its answers', () => {
  it('are the boxes of a label, with where they come from', () => {
    const boxes = [
      { x: 10, y: 20, width: 30, height: 10, label: 'screw' },
      { x: 50, y: 5, width: 4, height: 4, label: 'nut' },
    ];
    const frames = cutOut(detected(boxes), { ...WHOLE, label: 'screw' }, 'parts');
    expect(frames).toMatchObject([
      {
        kind: 'pixels',
        name: 'frame 7',
        region: { x: 10, y: 20, width: 30, height: 10 },
        origin: { trace: id, parent: { id, stream: 'belt', label: 'screw' } },
      },
    ]);
    expect(cutOut(detected(boxes), WHOLE, 'parts')).toHaveLength(2);
  });

  it('lie where they lay in the picture, if the answer is about a part of it', () => {
    const region = { x: 20, y: 30, width: 60, height: 40 };
    const [frame] = cutOut(detected([{ x: 5, y: 6, width: 7, height: 8 }], region), WHOLE, 'parts');
    expect(frame).toMatchObject({
      region: { x: 25, y: 36, width: 7, height: 8 },
      origin: { parent: { box: { x: 5, y: 6, width: 7, height: 8 } } },
    });
  });

  it('have the same ids when the same answer is made again, and each its own', () => {
    const box = { x: 10, y: 20, width: 30, height: 10 };
    const answered = detected([box, { ...box, label: 'nut' }, { ...box, x: 11 }]);
    const idsOn = (stream: string, of = answered) =>
      cutOut(of, WHOLE, stream).map(({ origin }) => origin?.id);
    const again = { ...answered, record: { ...answered.record, at: '2026-01-02T00:00:00Z', repeat: true } };
    expect(idsOn('parts', again as AnsweredFrame)).toEqual(idsOn('parts'));
    const other = { ...answered, record: { ...answered.record, id: randomUUID() } };
    const all = [...idsOn('parts'), ...idsOn('others'), ...idsOn('parts', other)];
    expect(new Set(all).size).toBe(9);
    for (const one of all)
      expect(one).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('are never outside of the frame, whatever an answer says', () => {
    const side = fc.double({ min: -500, max: 500, noNaN: true });
    const length = fc.double({ min: 0, max: 500, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.record({ x: side, y: side, width: length, height: length }), { maxLength: 20 }),
        fc.double({ min: 0, max: 5, noNaN: true }),
        (boxes, margin) => {
          const frames = cutOut(detected(boxes), { margin, maxPerFrame: 5 }, 'parts');
          expect(frames.length).toBeLessThanOrEqual(5);
          for (const frame of frames) {
            if (frame.kind === 'tensor' || !frame.region) throw new Error('no part');
            const { x, y, width, height } = frame.region;
            for (const n of [x, y, width, height]) expect(Number.isInteger(n)).toBe(true);
            expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
            expect(Math.min(width, height)).toBeGreaterThanOrEqual(1);
            expect(x + width).toBeLessThanOrEqual(SIZE.width);
            expect(y + height).toBeLessThanOrEqual(SIZE.height);
          }
        },
      ),
    );
  });

  it('are none of an answer that names no places, or of none at all', () => {
    const { frame, record } = detected([]);
    const { result: _, ...failed } = record;
    const error = { code: 'unanswered', detail: 'the edge is behind' };
    expect(cutOut({ frame, record: { ...failed, error } }, WHOLE, 'parts')).toEqual([]);
    expect(cutOut({ frame, record }, WHOLE, 'parts')).toEqual([]);
  });
});
