import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BundleInput, DetectionAnswer, DetectionSpec, FrameSize } from '@hamon/contracts';
import type { Tensors } from '../../src/index.js';
import { detection } from '../../src/detection/detection.js';
import { overlap } from '../../src/detection/boxes.js';
import { columnsTensor, inputOf, LABELS, outputs, rowsTensor, specOf } from './support.js';

const FRAME = { width: 100, height: 100 };
const run = (
  tensors: Tensors,
  spec: DetectionSpec = specOf(),
  input: BundleInput = inputOf(),
  frame: FrameSize = FRAME,
): DetectionAnswer => {
  const answer = detection.decoder(spec, input)(tensors, frame);
  if (!answer.ok) throw new Error(answer.error.detail);
  return answer.value;
};
/** Parts first, which counts where there happen to be as many anchors as parts. */
const columns = (all: readonly number[][]): Tensors => outputs({ output0: columnsTensor(all) });
const rows = (...all: number[][]): Tensors => outputs({ output0: rowsTensor(all) });
const confidences = ({ detections }: DetectionAnswer): number[] =>
  detections.map(({ confidence }) => Number(confidence.toFixed(4)));

/** Grids of few values, so that boxes overlap and scores are exactly equal often. */
const anchors = fc.array(
  fc.tuple(
    fc.integer({ min: 2, max: 8 }).map((n) => 10 * n),
    fc.integer({ min: 2, max: 8 }).map((n) => 10 * n),
    fc.integer({ min: 1, max: 8 }).map((n) => 5 * n),
    fc.integer({ min: 1, max: 8 }).map((n) => 5 * n),
    ...LABELS.map(() => fc.integer({ min: 0, max: 8 }).map((n) => n / 8)),
  ),
  { minLength: 1, maxLength: 40 },
);

/** What the decoder must answer, said as plainly as can be. */
function plainly(all: readonly number[][], spec: DetectionSpec): { label: string; anchor: number }[] {
  const candidates = all.flatMap((row, anchor) => {
    const scores = row.slice(4);
    const score = Math.max(...scores);
    const [cx = 0, cy = 0, width = 0, height = 0] = row;
    const box = { x: cx - width / 2, y: cy - height / 2, width, height };
    const label = LABELS[scores.indexOf(score)] ?? '';
    return score >= 0.25 ? [{ anchor, score, label, box }] : [];
  });
  candidates.sort((a, b) => b.score - a.score || a.anchor - b.anchor);
  const kept: typeof candidates = [];
  for (const one of candidates.slice(0, spec.maxCandidates)) {
    const covered = kept.some((k) => k.label === one.label && overlap(k.box, one.box) > (spec.iou ?? 1));
    if (!covered && kept.length < spec.maxDetections) kept.push(one);
  }
  return kept.map(({ label, anchor }) => ({ label, anchor }));
}

describe('the decoder of detections', () => {
  it('suppresses class by class, exactly equal scores in the order of their anchors', () => {
    const limits = fc.record({
      maxCandidates: fc.integer({ min: 1, max: 50 }),
      maxDetections: fc.integer({ min: 1, max: 20 }),
      iou: fc.constantFrom(0.2, 0.5, 1),
    });
    fc.assert(
      fc.property(anchors, limits, (all, fields) => {
        const spec = specOf(fields);
        const answer = run(columns(all), spec);
        const expected = plainly(all, spec);
        const above = all.filter((row) => Math.max(...row.slice(4)) >= 0.25).length;
        expect(answer.candidatesCut ?? 0).toBe(Math.max(0, above - spec.maxCandidates));
        expect(answer.detections.map(({ label }) => label)).toEqual(expected.map(({ label }) => label));
        answer.detections.forEach(({ box }, i) => {
          const [cx = 0, cy = 0, width = 0, height = 0] = all[expected[i]?.anchor ?? -1] ?? [];
          expect(box.x).toBeCloseTo(Math.max(0, cx - width / 2), 9);
          expect(box.y + box.height).toBeCloseTo(Math.min(100, cy + height / 2), 9);
        });
      }),
    );
  });

  it('answers the same from buffers that it has used before', () => {
    fc.assert(
      fc.property(fc.array(anchors, { minLength: 2, maxLength: 4 }), (frames) => {
        const decode = detection.decoder(specOf(), inputOf());
        const again = frames.map((all) => decode(columns(all), FRAME));
        expect(again).toEqual(frames.map((all) => ({ ok: true, value: run(columns(all)) })));
      }),
    );
  });

  it('needs the threshold of the anchor’s best label, and counts a score that is exactly at it', () => {
    const tensors = rows(
      [20, 20, 10, 10, 0.7, 0.6, 0],
      [50, 50, 10, 10, 0, 0.6, 0],
      [80, 80, 10, 10, 0, 0.1, 0.3],
    );
    expect(confidences(run(tensors, specOf({ threshold: [0.7, 0.65, 0.2] })))).toEqual([0.7, 0.3]);
    expect(confidences(run(tensors, specOf({ threshold: [0.8, 0.1, 0.31] })))).toEqual([0.6]);
  });

  it('takes the first of equal labels', () => {
    expect(run(rows([50, 50, 10, 10, 0.5, 0.5, 0.5])).detections[0]?.label).toBe('Crack');
  });

  it('maps boxes back to the frame as it came, and cuts them at its edges after suppression', () => {
    const input = inputOf({ resize: 'contain' });
    // 200x100 in 100x100: 25 rows of border above and below.
    const tensors = rows(
      [50, 50, 20, 20, 0.9, 0, 0],
      [0, 25, 20, 20, 0.8, 0, 0],
      [50, 10, 20, 20, 0.7, 0, 0],
    );
    const { detections } = run(tensors, specOf(), input, { width: 200, height: 100 });
    expect(detections.map(({ box }) => box)).toEqual([
      { x: 80, y: 30, width: 40, height: 40 },
      { x: 0, y: 0, width: 20, height: 20 },
      // The third lies in the border altogether.
    ]);
  });

  it('says which output is not finite', () => {
    for (const bad of [NaN, Infinity, -Infinity]) {
      for (const part of [0, 3, 5]) {
        const row = [50, 50, 10, 10, 0.9, 0, 0];
        row[part] = bad;
        const answer = detection.decoder(specOf(), inputOf())(rows([20, 20, 5, 5, 0, 0, 0], row), FRAME);
        expect(answer).toMatchObject({ ok: false, error: { code: 'output-not-finite' } });
        if (!answer.ok) expect(answer.error.detail).toContain('"output0"');
      }
    }
  });

  it('refuses sizes that only decoding makes infinite', () => {
    const spec = specOf({ format: 'yolox', strides: [100], labels: ['part'] });
    const answer = detection.decoder(spec, inputOf())(rows([0, 0, 800, 0, 1, 1]), FRAME);
    expect(answer).toMatchObject({
      ok: false,
      error: { code: 'output-not-finite', detail: 'a box of output "output0" is infinitely large' },
    });
  });

  it('leaves out boxes without area', () => {
    expect(run(rows([50, 50, 0, 10, 0.9, 0, 0], [20, 20, 10, -1, 0.9, 0, 0])).detections).toEqual([]);
  });

  it('looks at the best candidates of very many, and counts the others', () => {
    const all = Array.from({ length: 100_000 }, (_, i) => [50, 50, 10, 10, 0.3 + (i % 1000) / 2000, 0, 0]);
    const answer = run(rows(...all));
    expect(answer.candidatesCut).toBe(97_000);
    expect(confidences(answer)).toEqual([0.7995]);
  });

  it('refuses a label that the model names and the bundle does not', () => {
    const spec = specOf({ format: 'end-to-end' });
    const decode = detection.decoder(spec, inputOf());
    const answer = decode(rows([0, 0, 9, 9, 0.9, 3]), FRAME);
    expect(answer).toMatchObject({
      ok: false,
      error: { code: 'labels-mismatch', detail: 'the model names label 3, output.labels are 0 to 2' },
    });
    expect(decode(rows([0, 0, 9, 9, 0.1, 3]), FRAME).ok).toBe(true);
  });

  it('finds nothing in an output without rows', () => {
    const none = outputs({ output0: rowsTensor([], 6) });
    expect(run(none, specOf({ format: 'end-to-end' })).detections).toEqual([]);
  });
});
